import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { attacksOn, isSlow, regexesIn } from '../support/regex-attacks.ts';
import { readSources } from '../support/source-imports.ts';

const LENGTH = 65_536;
/** Plain looks at every character that fit into some 50 ms. */
const MOST_LOOKS = 400;

/** Files whose patterns never see a text from elsewhere. */
const OWN_TEXT: Readonly<Record<string, string>> = {
  'judge/remedy-postfix.ts': 'a pattern that is shown, for Postfix to use',
  'policy/explain-text.ts': 'numbers that were counted here, of 39 digits at most',
};

const FILES = readSources(fileURLToPath(new URL('../../src/', import.meta.url))).flatMap(({ path, text }) => {
  const patterns = regexesIn(text);
  return patterns.length === 0 || path in OWN_TEXT ? [] : [{ path, patterns }];
});

describe('the regular expressions of the sources', () => {
  test('are found where foreign text is read', () => {
    const countOf = (path: string): number => FILES.find((file) => file.path === path)?.patterns.length ?? 0;
    expect(countOf('smtp/reply-class.ts')).toBeGreaterThanOrEqual(18);
    expect(countOf('judge/software.ts')).toBeGreaterThanOrEqual(10);
    for (const path of ['smtp/printable.ts', 'smtp/reply-parser.ts', 'probe/survey.ts', 'session/canary.ts'])
      expect(countOf(path)).toBeGreaterThanOrEqual(1);
  });

  test.each(FILES)('64 KiB of the worst do not slow those of $path', ({ patterns }) => {
    for (const pattern of patterns) {
      const slow = attacksOn(pattern, LENGTH).filter((attack) => isSlow(pattern, attack, MOST_LOOKS));
      expect(slow.map((attack) => `${pattern.source} on ${attack.slice(0, 40)}`)).toEqual([]);
    }
  });

  test('one that does lose its way is found out', () => {
    const [bad] = regexesIn('const BAD = /(?:a+)+b/;');
    expect(bad?.source).toBe('(?:a+)+b');
    expect(attacksOn(bad ?? /x/, 22).some((attack) => isSlow(bad ?? /x/, attack, MOST_LOOKS))).toBe(true);
  });
});
