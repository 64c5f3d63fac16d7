import { KEYS, type KeyInfo } from '../keys.ts';
import { PANE_TITLES, PANES } from '../layout.ts';
import { cut, lengthOf, span, type Line } from '../line.ts';
import { PROMPT_INFO } from '../prompt.ts';
import type { DashboardState } from '../state.ts';
import type { Signs } from '../../terminal/signs.ts';

/** The last row: what is typed, what was asked, a message, or the keys. */
export function keyLine(state: DashboardState, width: number, signs: Signs): Line {
  const { overlay, message } = state;
  switch (overlay.kind) {
    case 'prompt':
      return promptLine(PROMPT_INFO[overlay.prompt].title, overlay.text, width, signs);
    case 'confirm-quit':
      return cut(
        [
          span(' probes are running: quit? ', 'badge-warn'),
          span('  y'),
          span(' quit', 'dim'),
          span('   any other key'),
          span(' stay', 'dim'),
        ],
        width,
        signs.ellipsis,
      );
    case 'help':
      return cut(
        [span(' j'), span(' '), span('k'), span(' scroll   any other key', 'dim'), span(' closes the help', 'dim')],
        width,
        signs.ellipsis,
      );
    case 'none':
      return message === null
        ? hints(width)
        : cut([span(' '), span(message.text, message.tone)], width, signs.ellipsis);
  }
}

/** The end of a text that is too long stays in view: that is where the cursor is. */
function promptLine(title: string, text: string, width: number, signs: Signs): Line {
  const head: Line = [span(` ${title}: `, 'strong')];
  const tail: Line = [
    span(' ', 'reverse'),
    span('  enter', 'plain'),
    span(' do it  ', 'dim'),
    span('esc'),
    span(' leave it', 'dim'),
  ];
  const room = Math.max(4, width - lengthOf(head) - lengthOf(tail));
  const shown = text.length > room ? signs.ellipsis + text.slice(text.length - room + 1) : text;
  return cut([...head, span(shown), ...tail], width, signs.ellipsis);
}

/** As many hints as fit; help and quit always do. */
function hints(width: number): Line {
  const all = KEYS.filter(({ hint }) => hint !== null);
  const always = all.filter(({ group }) => group === 'Leave');
  let line: Line = [span(' ')];
  const rest = always.flatMap(hintOf);
  for (const key of all.filter(({ group }) => group !== 'Leave')) {
    const next = [...line, ...hintOf(key)];
    if (lengthOf(next) + lengthOf(rest) > width) break;
    line = next;
  }
  return [...line, ...rest];
}

function hintOf({ keys, hint }: KeyInfo): Line {
  return [span(keys[0] ?? '', 'accent'), span(` ${hint ?? ''}  `, 'dim')];
}

/** Which pane is shown where only one fits, and the keys of the others. */
export function tabLine(state: DashboardState, width: number, signs: Signs): Line {
  const tabs = PANES.flatMap((pane, index): Line => {
    const text = ` ${index + 1} ${PANE_TITLES[pane]} `;
    return [span(' '), pane === state.pane ? span(text, 'reverse') : span(text, 'dim')];
  });
  const narrowed = `${state.filter === '' ? '' : `  /${state.filter}`}${state.failuresOnly ? '  failures only' : ''}`;
  return cut([...tabs, span(narrowed, 'warn')], width, signs.ellipsis);
}

const LABEL_WIDTH = 9;

/** The help, made from the table of keys. */
export function helpLines(width: number): readonly Line[] {
  const groups = Map.groupBy(KEYS, ({ group }) => group);
  return [...groups].flatMap(([group, keys], index) => [
    ...(index === 0 ? [] : [[]]),
    [span(group, 'strong')],
    ...keys.map(({ label, help }): Line =>
      cut([span(`  ${label.padEnd(LABEL_WIDTH)}`, 'accent'), span(help)], width, ''),
    ),
  ]);
}
