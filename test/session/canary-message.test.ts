import { expect, test } from 'vitest';
import { findCanary } from '../../src/session/canary.ts';
import { canaryMessage, type CanaryNote } from '../../src/session/canary-message.ts';
import { mailDataBytes } from '../../src/smtp/command.ts';
import { readCaughtContent } from '../../src/catcher/caught-message.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';

const TOKEN = `rp1-${'k3v9'.replaceAll('9', '7').repeat(8)}`;
const NOTE: CanaryNote = {
  token: TOKEN,
  scenario: 'third-party',
  target: 'mx.example.com port 25',
  from: 's@sender.test',
  to: 'v@outside.test',
  authorizedBy: null,
  date: 'Thu, 01 Jan 1970 00:00:00 +0000',
};

function headerOf(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.indexOf(''));
}

test('a canary says who sent it, why, about which server, and whom to ask', () => {
  const text = canaryMessage({ ...NOTE, authorizedBy: 'Ann Admin <ann@example.com>' }).join('\n');
  for (const part of [
    'relayproof',
    'mx.example.com port 25',
    'third-party',
    'Ann Admin <ann@example.com>',
    'postmaster',
  ])
    expect(text).toContain(part);
});

test('a canary carries the fields that keep other programs from answering it', () => {
  const header = headerOf(canaryMessage(NOTE));
  expect(header).toContain('Auto-Submitted: auto-generated');
  expect(header).toContain('Precedence: bulk');
  expect(header.filter((line) => /^(?:Date|From|To|Subject|Message-ID): \S/.test(line))).toHaveLength(5);
});

test('a canary is ASCII, has no line of more than 78 characters and no bare line end', () => {
  const lines = canaryMessage(NOTE);
  for (const line of lines) {
    expect(line).toMatch(/^[\u0020-\u007e]*$/);
    expect(line.length).toBeLessThanOrEqual(78);
  }
});

test('the catcher finds the token in what the prober sends', async () => {
  const wire = mailDataBytes(canaryMessage(NOTE));
  expect((await readCaughtContent(wire)).canary).toBe(TOKEN);
  expect(findCanary(wire.toString())).toBe(TOKEN);
});

test('no name that is put in can add a line to the header', () => {
  for (const text of HOSTILE_TEXTS) {
    const lines = canaryMessage({ ...NOTE, authorizedBy: `Ann ${text} <ann@example.com>` });
    expect(lines.join('\n').split(/\r\n|[\r\n\u0085\u2028\u2029]/)).toHaveLength(lines.length);
  }
});
