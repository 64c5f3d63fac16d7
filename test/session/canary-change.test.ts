import { describe, expect, test } from 'vitest';
import { canaryMessage } from '../../src/session/canary-message.ts';

const NOTE = {
  token: 'rp1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  scenario: 'x',
  target: '127.0.0.1 port 25',
  from: 's@sender.example',
  to: 'v@outside.example',
  authorizedBy: null,
  date: 'Thu, 01 Jan 2026 00:00:00 +0000',
};
const USUAL = canaryMessage(NOTE);

describe('a changed canary', () => {
  test('has another field where the usual one stood', () => {
    const lines = canaryMessage(NOTE, { header: { from: 'Bob <bob@own.example>' }, first: [], body: [] });
    expect(lines[1]).toBe('from: Bob <bob@own.example>');
    expect(lines.filter((_, index) => index !== 1)).toEqual(USUAL.filter((_, index) => index !== 1));
  });

  test('lacks a field that is null, and has one twice that is a list', () => {
    const lines = canaryMessage(NOTE, { header: { From: null, To: ['<a@x>', '<b@x>'] }, first: [], body: [] });
    expect(lines.some((line) => /^from:/i.test(line))).toBe(false);
    expect(lines.filter((line) => line.startsWith('To:'))).toEqual(['To: <a@x>', 'To: <b@x>']);
  });

  test('has new fields at the end of its header, raw lines in front, and text before the usual one', () => {
    const change = {
      header: { Bcc: '<v@outside.example>' },
      first: [{ line: 'Received: by {x*4}', times: 2 }],
      body: [{ line: 'odd', times: 1 }],
    };
    const lines = canaryMessage(NOTE, change);
    const end = lines.indexOf('');
    expect(lines.slice(0, 2)).toEqual(['Received: by xxxx', 'Received: by xxxx']);
    expect(lines[end - 1]).toBe('Bcc: <v@outside.example>');
    expect(lines.slice(end + 1, end + 3)).toEqual(['odd', '']);
    expect(lines).toEqual(expect.arrayContaining([...USUAL]));
  });
});
