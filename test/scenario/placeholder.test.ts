import { describe, expect, test } from 'vitest';
import { fillText, referenceFault, referencesIn } from '../../src/scenario/placeholder.ts';

const NAMES = {
  own: 'sink.example',
  'own-user': 'Alice@sink.example',
  'own-idn': 'bücher.example',
  'login-plain': Buffer.from('\0alice@sink.example\0secret').toString('base64'),
};

function filled(text: string): string {
  const outcome = fillText(text, NAMES);
  return outcome.kind === 'filled' ? outcome.text : outcome.kind;
}

function login(text: string): string {
  return Buffer.from(filled(text), 'base64').toString('utf8').replaceAll('\0', '|');
}

describe('a placeholder', () => {
  test.each([
    ['<{own-user}> {own}', '<Alice@sink.example> sink.example'],
    ['{own|mixed-case}', 'sInK.eXaMpLe'],
    ['{own-user|mixed-case}', 'Alice@sInK.eXaMpLe'],
    ['{own|full-width}', 'ｓｉｎｋ.ｅｘａｍｐｌｅ'],
    ['{own|fold}', '\u017fin\u212a.example'],
    ['{own-idn|a-label}', 'xn--bcher-kva.example'],
    ['{own|a-label}', 'unchanged'],
    ['{own-idn|u-label}', 'unchanged'],
    ['{host}', 'missing'],
  ])('%s is filled as %s', (text, expected) => {
    expect(filled(text)).toBe(expected);
  });

  test.each([
    ['{login-plain|upper-case}', '|ALICE@SINK.EXAMPLE|secret'],
    ['{login-plain|without-domain}', '|alice|secret'],
    ['{login-plain|with-space}', '|alice@sink.example |secret'],
  ])('%s changes the user of the login only', (text, expected) => {
    expect(login(text)).toBe(expected);
  });

  test('that does not exist is named with those that do', () => {
    const faults = referencesIn('{own} {owm} {own|upside-down}').map(referenceFault);
    expect(faults[0]).toBeNull();
    expect(faults[1]).toContain('unknown placeholder {owm}; known are {own} ');
    expect(faults[2]).toContain('unknown filter `upside-down`; known are mixed-case,');
    expect(() => fillText('{owm}', NAMES)).toThrow('{owm}');
  });
});
