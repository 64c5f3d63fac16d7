import { describe, expect, test } from 'vitest';
import { importAddressList } from '../../src/policy/import-list.ts';
import type { ImportRequest, ImportResult } from '../../src/policy/import-list.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';

const POLICY = `# our policy
domains: [example.com] # own
# who may relay
allowRelayFrom:
  # the office
  - 10.0.0.0/8 # all of it
userRestrictSend: false # for now
`;

function importing(text: string, more: Partial<ImportRequest> = {}): ImportResult {
  const result = importAddressList({ text, list: 'allow', policyText: POLICY, policyFile: 'p', ...more });
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems));
  return result.value;
}

function listOf(
  result: ImportResult,
  key: 'allowRelayFrom' | 'disallowRelayFrom' = 'allowRelayFrom',
): readonly string[] {
  const parsed = parsePolicy(result.text, 'p');
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems));
  return parsed.value.settings[key];
}

describe('an import', () => {
  test('takes fields apart at commas, tabs and newlines, without their quotes and blanks', () => {
    const result = importing('\u{feff}"1.2.3.4", \'1.2.3.5\'\t 1.2.3.6 \r\n\n"1.2.3.7,1.2.3.8"\r1.2.3.9');
    expect(listOf(result)).toEqual(['10.0.0.0/8', '1.2.3.4', '1.2.3.5', '1.2.3.6', '1.2.3.7', '1.2.3.8', '1.2.3.9']);
    expect(result.imported.map(({ line }) => line)).toEqual([1, 1, 1, 3, 3, 4]);
    expect(result.discarded).toEqual([]);
  });

  test('tells of every field that it discards, with line and reason', () => {
    expect(importing('IP address\n::1\n1.2.3\n9-3.1.1.1,010.1.1.1\n1.2.3.4.5\nmail.a.example.com').discarded).toEqual([
      { line: 1, field: 'IP address', reason: 'does not match the wildcard `*.*.*.*`' },
      { line: 2, field: '::1', reason: 'does not match the wildcard `*.*.*.*`' },
      { line: 3, field: '1.2.3', reason: 'does not match the wildcard `*.*.*.*`' },
      { line: 4, field: '9-3.1.1.1', reason: 'address entry `9-3.1.1.1`: the range `9-3` runs backwards: write 3-9' },
      {
        line: 4,
        field: '010.1.1.1',
        reason: 'address entry `010.1.1.1`: `010` has a leading zero, which some programs read as octal: write 10',
      },
      {
        line: 5,
        field: '1.2.3.4.5',
        reason: 'address entry `1.2.3.4.5`: an IPv4 entry has four parts, this has 5: write one such as 10.1.*.*',
      },
      { line: 6, field: 'mail.a.example.com', reason: expect.stringContaining('host names are not looked up') },
    ]);
  });

  test('takes the wildcard it is given, character by character but for the stars', () => {
    expect(importing('::1\n1.2.3.4\n*', { wildcard: '*' }).imported.map(({ field }) => field)).toEqual([
      '::1',
      '1.2.3.4',
      '*',
    ]);
    const narrow = importing('192.168.1.1\n192.169.1.1\n192x168.1.1\n1192.168.1.1', { wildcard: '192.168.*' });
    expect(narrow.imported).toEqual([{ line: 1, field: '192.168.1.1' }]);
    expect(narrow.discarded).toHaveLength(3);
  });

  test('takes off all quotes and blanks around a field', () => {
    expect(importing(`\t "' 1.2.3.4 '" \t`).imported).toEqual([{ line: 1, field: '1.2.3.4' }]);
  });

  test('does not count what it discarded as there', () => {
    const wildcard = '10.*';
    expect(importing('1.2.3.4\n1.2.3.4', { wildcard }).discarded.map(({ line }) => line)).toEqual([1, 2]);
    expect(importing('1.2.3.4\n1.2.3.4', { wildcard }).duplicates).toEqual([]);
  });

  test('takes the same addresses once, however written, and leaves what is there', () => {
    const result = importing(
      '10.*.*.*\n203.0.113.0/24\n203.0.113.*\n203.0.113.77/24\n::ffff:203.0.113.0/120\n*.*.*.*\n*',
      { wildcard: '*' },
    );
    expect(result.imported.map(({ field }) => field)).toEqual(['203.0.113.0/24', '*.*.*.*']);
    expect(result.duplicates.map(({ line }) => line)).toEqual([1, 3, 4, 5, 7]);
    expect(listOf(result)).toEqual(['10.0.0.0/8', '203.0.113.0/24', '*.*.*.*']);
  });

  test('keeps comments, order and everything else', () => {
    expect(importing('203.0.113.7\n*.*.*.9').text).toBe(`# our policy
domains: [ example.com ] # own
# who may relay
allowRelayFrom:
  # the office
  - 10.0.0.0/8 # all of it
  - 203.0.113.7
  - "*.*.*.9"
userRestrictSend: false # for now
`);
  });

  test('leaves a file alone, to the byte, when there is nothing to add', () => {
    expect(importing('10.0.0.0/8\nnonsense').text).toBe(POLICY);
  });

  test.each([
    ['domains: [a]\nallowRelayFrom: [10.1.2.3, "::1"] # two\n', ['10.1.2.3', '::1', '1.2.3.4', '5.6.7.8'], /# two/u],
    [
      'domains: [a]\nallowRelayFrom: "10.1.2.3, ::1"\n',
      ['10.1.2.3', '::1', '1.2.3.4', '5.6.7.8'],
      /"10.1.2.3, ::1, 1.2.3.4, 5.6.7.8"/u,
    ],
    [
      'domains: [a]\nallowRelayFrom: |\n  10.1.2.3\n  ::1\nusers: []\n',
      ['10.1.2.3', '::1', '1.2.3.4', '5.6.7.8'],
      /\|\n {2}10.1.2.3\n {2}::1\n {2}1.2.3.4\n {2}5.6.7.8\nusers/u,
    ],
    ['domains: [a]\nallowRelayFrom: []\n', ['1.2.3.4', '5.6.7.8'], /allowRelayFrom: \[/u],
    ['domains: [a]\nallowRelayFrom: ""\n', ['1.2.3.4', '5.6.7.8'], /allowRelayFrom:\n/u],
    ['domains: [a]\nallowRelayFrom: "10.1.2.3"', ['10.1.2.3', '1.2.3.4', '5.6.7.8'], /"10.1.2.3, 1.2.3.4, 5.6.7.8"/u],
    [
      'domains: [a]\n# the end\n',
      ['127.*.*.*', '192.168.*.*', '10.*.*.*', '172.16-31.*.*', '::1', '1.2.3.4', '5.6.7.8'],
      /# the end/u,
    ],
    ['{"domains": ["a"], "allowRelayFrom": ["::1"]}', ['::1', '1.2.3.4', '5.6.7.8'], /^\{/u],
  ])('adds to a list in the form that it has: %j', (policyText, entries, form) => {
    const result = importing('1.2.3.4,5.6.7.8', { policyText });
    expect(listOf(result)).toEqual(entries);
    expect(result.text).toMatch(form);
  });

  test('goes into the other list as well', () => {
    const result = importing('1.2.3.4', { list: 'disallow' });
    expect(listOf(result, 'disallowRelayFrom')).toEqual(['*.*.*.*', '1.2.3.4']);
    expect(listOf(result)).toEqual(['10.0.0.0/8']);
  });

  test('touches no policy that has a problem', () => {
    const result = importAddressList({
      text: '1.2.3.4',
      list: 'allow',
      policyText: 'domains: 5',
      policyFile: 'p.yaml',
    });
    expect(result).toMatchObject({ kind: 'invalid', problems: [{ file: 'p.yaml', line: 1, column: 10 }] });
  });
});
