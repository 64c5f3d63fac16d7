import { expect, test } from 'vitest';
import { nearestWord } from '../../src/document/nearest-word.ts';
import { formatProblem } from '../../src/document/problem.ts';
import { splitWords, wordOffsets } from '../../src/document/words.ts';

test('a problem is written as editors read it', () => {
  expect(formatProblem({ file: 'policy.yaml', line: 3, column: 14, message: 'unknown key' })).toBe(
    'policy.yaml:3:14: unknown key',
  );
});

test('words are separated by commas, tabs, blanks and newlines of every kind', () => {
  expect(splitWords(' a,b\tc\nd\r\ne ,, f')).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(splitWords(' ,\t\n')).toEqual([]);
});

test.each([
  ['"a, bb, a"', 'a, bb, a', [1, 4, 8]],
  ['a bb', 'a bb', [0, 2]],
  ['"a\\tbb"', 'a\tbb', [1, 4]],
  ['| # bb\n  a\n  bb\n', 'a\nbb\n', [9, 13]],
  ['>\n  a\n  bb\n', 'a bb\n', [4, 8]],
  ['"\\x61 b"', 'a b', [0, 6]],
  ['"a"  zz', 'a zz', [1, 0]],
])('the words of %s are found in its source', (source, text, offsets) => {
  expect(wordOffsets(text, source, 0, source.startsWith('"a"') ? 3 : source.length)).toEqual(offsets);
});

test.each([
  ['domain', 'domains'],
  ['DOMAINS', 'domains'],
  ['allowRelayForm', 'allowRelayFrom'],
  ['alowRelayFrm', 'allowRelayFrom'],
  ['user', 'users'],
  ['sdomain', 'domains'],
  ['allow', 'allowRelayFrom'],
  ['al', null],
  ['xyzzy', null],
  ['', null],
  ['q'.repeat(101), null],
])('the known word nearest to `%s` is %s', (written, nearest) => {
  expect(nearestWord(written, ['domains', 'users', 'allowRelayFrom'])).toBe(nearest);
});

test('a swap of neighbours is one mistake, and the first of equally near words wins', () => {
  expect(nearestWord('abdc', ['axyc', 'abcd'])).toBe('abcd');
  expect(nearestWord('ab', ['ac', 'ad'])).toBe('ac');
  expect(nearestWord('ab', [])).toBeNull();
});
