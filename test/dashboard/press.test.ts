import { describe, expect, test } from 'vitest';
import { commandOf, keyNames, KEYS } from '../../src/dashboard/keys.ts';
import { scrolledTo } from '../../src/dashboard/layout.ts';
import { press } from '../../src/dashboard/press.ts';
import { chosenRow } from '../../src/dashboard/rows.ts';
import type { DashboardState } from '../../src/dashboard/state.ts';
import { after, auditView, cell, finishedTwice, halfway, OPEN_CELL, started } from './fixture.ts';
import type { Request } from '../../src/dashboard/pressed.ts';

function typed(state: DashboardState, ...keys: readonly string[]): DashboardState {
  return keys.reduce((before, key) => press(before, key).state, state);
}

function asked(state: DashboardState, ...keys: readonly string[]): Request | null {
  const last = keys.at(-1) ?? '';
  return press(typed(state, ...keys.slice(0, -1)), last).request;
}

describe('the table of keys', () => {
  test('has every key once', () => {
    const all = KEYS.flatMap(({ keys }) => keys);
    expect(new Set(all).size).toBe(all.length);
  });

  test('explains every key', () => {
    for (const { help, label } of KEYS) {
      expect(help).toMatch(/\w{2,}/);
      expect(label).not.toBe('');
    }
  });

  test.each([
    ['j', 'down'],
    ['down', 'down'],
    ['k', 'up'],
    ['g', 'first'],
    ['G', 'last'],
    ['pagedown', 'page-down'],
    ['tab', 'next-pane'],
    ['enter', 'open'],
    ['escape', 'back'],
    ['/', 'filter'],
    ['n', 'next-match'],
    ['N', 'previous-match'],
    ['f', 'failures'],
    ['r', 'rerun'],
    ['R', 'rerun-all'],
    ['space', 'pause'],
    ['y', 'copy'],
    ['e', 'export'],
    ['o', 'target'],
    ['?', 'help'],
    ['q', 'quit'],
  ])('gives %s to %s', (key, command) => {
    expect(commandOf(key)).toBe(command);
  });

  test('reads several characters of one chunk as several keys', () => {
    const none = {
      upArrow: false,
      downArrow: false,
      leftArrow: false,
      rightArrow: false,
      pageUp: false,
      pageDown: false,
      home: false,
      end: false,
      return: false,
      escape: false,
      tab: false,
      backspace: false,
      delete: false,
      ctrl: false,
      shift: false,
      meta: false,
    };
    expect(keyNames('jj q\r', none)).toEqual(['j', 'j', 'space', 'q', 'enter']);
    expect(keyNames('e\u0015\u007f', none)).toEqual(['e', 'ctrl-u', 'backspace']);
    expect(keyNames('', { ...none, tab: true, shift: true })).toEqual(['shift-tab']);
    expect(keyNames('c', { ...none, ctrl: true })).toEqual(['ctrl-c']);
    expect(keyNames('x', { ...none, meta: true })).toEqual([]);
  });
});

describe('moving', () => {
  test('goes down and up and stops at the ends', () => {
    expect(chosenRow(typed(started(), 'k'))?.key).toBe('family:control');
    expect(chosenRow(typed(started(), 'j', 'j', 'k'))?.key).toBe('inbound');
    expect(chosenRow(typed(started(), 'G'))?.key).toBe('spoof-subdomain');
    expect(chosenRow(typed(started(), 'G', 'j', 'g'))?.key).toBe('family:control');
    expect(chosenRow(typed(started(80, 12), 'pagedown'))?.key).not.toBe('family:control');
  });

  test('keeps the chosen row in view', () => {
    const small = typed(started(80, 14), 'G');
    expect(small.listTop).toBeGreaterThan(0);
    expect(typed(small, 'g').listTop).toBe(0);
  });

  test('between columns stays within them', () => {
    expect(typed(finishedTwice(), 'h').column).toBe(0);
    expect(typed(finishedTwice(), 'l', 'l', 'l', 'l').column).toBe(2);
  });

  test('between panes goes round', () => {
    expect(typed(started(), 'tab').pane).toBe('detail');
    expect(typed(started(), 'shift-tab').pane).toBe('findings');
    expect(typed(started(), 'tab', 'tab', 'tab', 'tab').pane).toBe('scenarios');
    expect(typed(started(), '3').pane).toBe('dialogue');
  });

  test('scrolls the text of the pane that has the keys', () => {
    const small = typed(finishedTwice(80, 16), '/', ...'own-user'.split(''), 'enter', 'j', 'enter');
    expect(small.pane).toBe('detail');
    expect(typed(small, 'j', 'j').detailTop).toBe(2);
    expect(typed(small, 'G', 'j').detailTop).toBe(typed(small, 'G').detailTop);
    expect(typed(small, 'j', 'escape', 'j').detailTop).toBe(0);
  });

  test('leaves the end of a dialogue and follows it again from there', () => {
    const small = typed(finishedTwice(80, 12), '/', ...'own-user'.split(''), 'enter', 'j', '3');
    expect(small.dialogueTop).toBeNull();
    expect(typed(small, 'k').dialogueTop).not.toBeNull();
    expect(typed(small, 'k', 'G').dialogueTop).toBeNull();
  });
});

describe('opening', () => {
  test('folds and unfolds a family, and goes into a scenario and back', () => {
    expect([...typed(started(), 'enter').folded]).toEqual(['control']);
    expect([...typed(started(), 'enter', 'enter').folded]).toEqual([]);
    const inside = typed(started(), 'j', 'enter');
    expect(inside.pane).toBe('detail');
    expect(typed(inside, 'escape').pane).toBe('scenarios');
  });

  test('a finding goes to its scenario, also in a folded family behind a filter', () => {
    const hidden = { ...finishedTwice(), folded: new Set(['spoofed-domain']), filter: 'inbound' };
    const opened = typed(hidden, '4', 'enter');
    expect(chosenRow(opened)?.key).toBe('spoof-own-user');
    expect(opened.pane).toBe('detail');
  });
});

describe('searching', () => {
  test('filters while it is typed, and esc takes the filter away', () => {
    const state = typed(started(), '/', 'n', 'u', 'l');
    expect(state.filter).toBe('nul');
    expect(typed(state, 'backspace').filter).toBe('nu');
    expect(typed(state, 'ctrl-u').filter).toBe('');
    expect(typed(state, 'enter')).toMatchObject({ filter: 'nul', overlay: { kind: 'none' } });
    expect(typed(state, 'enter', 'escape').filter).toBe('');
    expect(typed(state, 'escape').filter).toBe('');
  });

  test('n and N go round the matches', () => {
    const state = typed(started(), '/', ...'third'.split(''), 'enter');
    const keys = (...more: readonly string[]): string | undefined => chosenRow(typed(state, ...more))?.key;
    expect(keys('n')).toBe('third-party');
    expect(keys('n', 'n')).toBe('third-party-null-sender');
    expect(keys('n', 'n', 'n', 'n')).toBe('third-party');
    expect(keys('N')).toBe('third-party-localhost-root');
  });

  test('n without a filter goes to the next difference', () => {
    expect(chosenRow(typed(finishedTwice(), 'n'))?.key).toBe('spoof-own-user');
    expect(typed(started(), 'n').message?.text).toBe('nothing to go to');
  });

  test('f shows what needs a look, and esc shows all again', () => {
    expect(typed(finishedTwice(), 'f').failuresOnly).toBe(true);
    expect(typed(finishedTwice(), 'f', 'escape').failuresOnly).toBe(false);
  });

  test('types keys that mean something elsewhere', () => {
    expect(typed(started(), '/', 'q', 'space', 'f').filter).toBe('q f');
  });

  test.each(['up', 'ctrl-x', '\u0000', '\u202e'])('does not type %j', (key) => {
    expect(typed(started(), '/', key).filter).toBe('');
  });
});

describe('asking', () => {
  test('r asks for the scenario, or all of the family', () => {
    expect(asked(started(), 'j', 'r')).toEqual({ kind: 'rerun', scenarios: ['inbound'], words: 'inbound' });
    expect(asked(started(), 'r')).toEqual({
      kind: 'rerun',
      scenarios: ['inbound', 'unknown-mailbox'],
      words: 'Controls',
    });
  });

  test('R asks for everything', () => {
    expect(asked(started(), 'R')).toEqual({ kind: 'rerun-all' });
  });

  test('y asks for the dialogue that is shown', () => {
    const request = asked(finishedTwice(), 'n', 'y');
    expect(request).toMatchObject({ kind: 'copy' });
    expect(request?.kind === 'copy' && request.turns).toHaveLength(6);
    expect(asked(started(), 'j', 'y')).toBeNull();
    expect(typed(started(), 'j', 'y').message?.tone).toBe('warn');
  });

  test('e and o ask for what was typed', () => {
    expect(asked(started(), 'e', 'enter')).toEqual({
      kind: 'export',
      to: 'json=reports/local/mail.example.com.json',
    });
    expect(asked(started(), 'o', ...'::1'.split(''), 'enter')).toEqual({ kind: 'target', host: '::1' });
    expect(asked(started(), 'o', 'enter')).toBeNull();
    expect(asked(started(), 'o', 'x', 'escape')).toBeNull();
  });

  test('q leaves, and asks first while probes run', () => {
    expect(asked(finishedTwice(), 'q')).toEqual({ kind: 'quit' });
    expect(asked(halfway(), 'q')).toBeNull();
    expect(asked(halfway(), 'q', 'y')).toEqual({ kind: 'quit' });
    expect(typed(halfway(), 'q', 'n').overlay.kind).toBe('none');
  });

  test('Ctrl-C leaves at once wherever the keys go', () => {
    for (const keys of [[], ['/'], ['?'], ['q']])
      expect(asked(halfway(), ...keys, 'ctrl-c')).toEqual({ kind: 'interrupt' });
  });
});

describe('help and messages', () => {
  test('help opens, scrolls and closes', () => {
    expect(typed(started(), '?').overlay).toEqual({ kind: 'help', top: 0 });
    expect(typed(started(), '?', 'j', 'j', 'k').overlay).toEqual({ kind: 'help', top: 1 });
    expect(typed(started(), '?', 'x').overlay).toEqual({ kind: 'none' });
  });

  test('a message stays until the next key', () => {
    const told = after(started(), { kind: 'message', message: { tone: 'good', text: 'written' } });
    expect(told.message?.text).toBe('written');
    expect(typed(told, 'x').message).toBeNull();
  });

  test('a key that means nothing changes nothing', () => {
    const state = after(started(), {
      kind: 'judged',
      audit: auditView([
        ['third-party', 0, OPEN_CELL],
        ['inbound', 1, cell()],
      ]),
    });
    expect(press(state, 'Z').state).toEqual(state);
  });
});

describe('scrolling', () => {
  test('shows the chosen line with its neighbours, and moves no more than needed', () => {
    expect(scrolledTo(0, 5, 10, 100)).toBe(0);
    expect(scrolledTo(0, 9, 10, 100)).toBe(3);
    expect(scrolledTo(50, 52, 10, 100)).toBe(49);
    expect(scrolledTo(0, 99, 10, 100)).toBe(90);
    expect(scrolledTo(90, 0, 10, 100)).toBe(0);
    expect(scrolledTo(0, 3, 10, 4)).toBe(0);
    expect(scrolledTo(0, 7, 1, 100)).toBe(7);
  });
});
