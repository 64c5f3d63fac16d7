import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatProblem } from '../../src/document/problem.ts';
import { readDocument } from '../../src/document/read-document.ts';

const schema = z.strictObject({
  title: z.string(),
  count: z.int().min(1).max(9).optional(),
  size: z.number().max(1).optional(),
  on: z.boolean().optional(),
  names: z.array(z.string().min(2)).min(1).max(3).optional(),
  kind: z.enum(['one', 'two']).optional(),
  fixed: z.literal('v1').optional(),
  list: z.union([z.string(), z.array(z.string())]).optional(),
  step: z
    .discriminatedUnion('do', [
      z.strictObject({ do: z.literal('send'), line: z.string() }),
      z.strictObject({ do: z.literal('wait'), seconds: z.number() }),
    ])
    .optional(),
  shape: z
    .union([z.strictObject({ from: z.string(), to: z.string() }), z.strictObject({ lines: z.array(z.string()) })])
    .optional(),
  table: z.record(z.string(), z.strictObject({ deep: z.boolean() })).optional(),
  code: z.string().regex(/^\d+$/u).optional(),
  own: z.string({ error: 'own words' }).optional(),
  checked: z
    .string()
    .superRefine((_, context) => {
      context.addIssue({ code: 'custom', message: 'never right' });
    })
    .optional(),
});

function read(text: string): string[] {
  const result = readDocument(text, 'f.yaml', schema);
  return result.kind === 'ok'
    ? [JSON.stringify(result.value.value)]
    : result.problems.map((problem) => formatProblem(problem).replace('f.yaml:', ''));
}

describe('a document that fits its schema', () => {
  test('is read from YAML and from JSON alike', () => {
    expect(read('title: x\nnames: [ab, "cd"]\n')).toEqual(['{"title":"x","names":["ab","cd"]}']);
    expect(read('{"title": "x", "names": ["ab", "cd"]}')).toEqual(['{"title":"x","names":["ab","cd"]}']);
  });

  test('may begin with a byte order mark', () => {
    expect(read('\u{feff}title: x')).toEqual(['{"title":"x"}']);
    expect(read('\u{feff}title: x\non: 1')).toEqual(['2:5: `on` must be true or false, not `1`']);
  });

  test('may repeat a value by an alias', () => {
    expect(read('title: &t hello\nown: *t\n')).toEqual(['{"title":"hello","own":"hello"}']);
    expect(read('title: x\nnames: &n [ab, cd]\nlist: *n\n')).toEqual([
      '{"title":"x","names":["ab","cd"],"list":["ab","cd"]}',
    ]);
  });

  test('tells the place of everything in it', () => {
    const text = 'title: x\nnames:\n  - ab\n  - cd\nlist: "p, q"\nstep: { do: wait, seconds: 3 }\n';
    const result = readDocument(text, 'f.yaml', schema);
    if (result.kind !== 'ok') throw new Error('invalid');
    const at = (...path: PropertyKey[]): string => {
      const { line, column } = result.value.positionOf(path);
      return `${line}:${column}`;
    };
    expect(at()).toBe('1:1');
    expect(at('title')).toBe('1:8');
    expect(at('names')).toBe('3:3');
    expect(at('names', 1)).toBe('4:5');
    expect(at('names', 7)).toBe('2:1');
    expect(at('list')).toBe('5:7');
    expect(at('list', 1)).toBe('5:11');
    expect(at('list', 2)).toBe('5:7');
    expect(at('step', 'seconds')).toBe('6:28');
    expect(at('step', 'other')).toBe('6:1');
    expect(at('other', 'deeper')).toBe('1:1');
  });
});

describe('everything wrong is told', () => {
  test.each([
    ['', '1:1: the file is empty: it must be a mapping of keys to values'],
    ['# only a comment\n', '1:1: the file is empty: it must be a mapping of keys to values'],
    ['"x"', '1:1: the file must be a mapping of keys to values, not the text `x`'],
    ['[a]', '1:1: the file must be a mapping of keys to values, not a list'],
    ['on: true', '1:1: `title` is missing: it must be a text'],
    ['title:', '1:1: `title` has no value: it must be a text'],
    ['title: ~', '1:1: `title` has no value: it must be a text'],
    ['title: 5', '1:8: `title` must be a text, not `5`'],
    ['title: 0x1F', '1:8: `title` must be a text, not `0x1F`'],
    ['title: true', '1:8: `title` must be a text, not `true`'],
    ['title: [x]', '1:8: `title` must be a text, not a list'],
    ['title: {a: x}', '1:8: `title` must be a text, not a mapping'],
    ['title: x\non: yes', '2:5: `on` must be true or false, not the text `yes`'],
    ['title: x\ncount: many', '2:8: `count` must be a number, not the text `many`'],
    ['title: x\ncount: 1.5', '2:8: `count` must be a whole number, not `1.5`'],
    ['title: x\ncount: 0', '2:8: `count` must be at least 1, not `0`'],
    ['title: x\ncount: 10', '2:8: `count` must be at most 9'],
    ['title: x\nsize: 2', '2:7: `size` must be at most 1'],
    ['title: x\nsize: a', '2:7: `size` must be a number, not the text `a`'],
    ['title: x\nnames: []', '2:8: `names` must not be empty'],
    ['title: x\nnames: [ab, a]', '2:13: `names[1]` must have at least 2 items'],
    ['title: x\nnames: [ab, ab, ab, ab]', '2:8: `names` must be at most 3 long'],
    ['title: x\nnames: [ab, ]\nkind: tow', '3:7: `kind` must be one of `one`, `two`, not the text `tow`'],
    ['title: x\nnames:\n  - ab\n  -\n', '4:4: `names[1]` has no value: it must be a text'],
    ['title: x\nfixed: v2', '2:8: `fixed` must be `v1`, not the text `v2`'],
    ['title: x\nlist: 5', '2:7: `list` must be a text or a list, not `5`'],
    ['title: x\nlist:', '2:1: `list` has no value: it must be a text or a list, `[]` where it is empty'],
    ['title: x\nlist: [a, 5]', '2:11: `list[1]` must be a text, not `5`'],
    ['title: x\nstep: { do: sned, line: a }', '2:13: `step.do` must be one of `send`, `wait`, not the text `sned`'],
    ['title: x\nstep: { do: send }', '2:1: `step.line` is missing: it must be a text'],
    ['title: x\nshape: { from: a, too: b }', '2:1: `shape.to` is missing: it must be a text'],
    ['title: x\nshape: { line: [a] }', '2:1: `shape.lines` is missing: it must be a list'],
    ['title: x\ntable: { a: { deep: true, dep: true } }', '2:27: unknown key `dep` in `table.a`: did you mean `deep`?'],
    ['title: x\ncode: a1', '2:7: `code`: invalid string: must match pattern /^\\d+$/u'],
    ['title: x\nown: 5', '2:6: own words'],
    ['title: x\nchecked: y', '2:10: never right'],
    [`title: x\non: ${'y'.repeat(61)}`, `2:5: \`on\` must be true or false, not the text \`${'y'.repeat(60)}...\``],
    [`title: x\non: ${'y'.repeat(60)}`, `2:5: \`on\` must be true or false, not the text \`${'y'.repeat(60)}\``],
    [
      'title: x\n__proto__: 1',
      '2:1: unknown key `__proto__`: known here: title, count, size, on, names, kind, fixed, list, step, shape, table, code, own, checked',
    ],
    ['title: x\nconstructor: 1', /^2:1: unknown key `constructor`/u],
    ['title: x\n1: 1', /^2:1: unknown key `1`/u],
    ['title: x\ntitle: y', '2:1: repeated key `title`'],
    ['{"title": "x", "title": "y"}', '1:16: repeated key `"title"`'],
    ['title: x\n? [a]\n: 1', '1:1: a key must be a plain text'],
    ['title: !foo x', '1:8: unresolved tag: !foo'],
    ['title: "x', /^1:10: missing closing "quote/u],
    ['title: x\n\ton: true', /^2:1: tabs are not allowed as indentation/u],
    ['title: x\n---\ntitle: y\n', /^2:1: source contains multiple documents/u],
    [
      'title: *.*.*.*',
      '1:8: YAML reads `*.*.*.*` as an alias, which it does not know: an entry that begins with `*` must be quoted, "*.*.*.*"',
    ],
    [
      'title: *',
      '1:8: YAML reads `*` as an alias, which it does not know: an entry that begins with `*` must be quoted, "*"',
    ],
    ['title: *.*.*.*, 10.*.*.*', /^1:8: YAML reads `\*\.\*\.\*\.\*` as an alias/u],
    ['title: x\nlist: [*.*.*.*]', /^2:8: YAML reads `\*\.\*\.\*\.\*` as an alias/u],
    ['title: x\nlist: &a [b, *a]', '2:14: alias `*a` contains itself'],
  ])('%j', (text, problem) => {
    const problems = read(text);
    expect(problems[0]).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
  });

  test('all of it in one run, in the order of the file', () => {
    expect(read('titel: x\non: yes\non: 1\nlist: [*.*.*.*, 5]\nkind: three\n')).toEqual([
      '1:1: `title` is missing: it must be a text',
      '1:1: unknown key `titel`: did you mean `title`?',
      '3:1: repeated key `on`',
      '3:5: `on` must be true or false, not `1`',
      expect.stringMatching(/^4:8: YAML reads/u),
      '4:17: `list[1]` must be a text, not `5`',
      '5:7: `kind` must be one of `one`, `two`, not the text `three`',
    ]);
  });

  test('one cause is told once: the rest of the line of an unquoted entry says nothing', () => {
    expect(read('title: *.*.*.*, 10.*.*.*')).toHaveLength(1);
    expect(read('title: x\nlist: [*.*.*.*]')).toHaveLength(1);
  });

  test('broken syntax is told alone, for the values mean nothing then', () => {
    expect(read('title: "x\nfoo: [')).toHaveLength(1);
    expect(read('titel: [\n')).toHaveLength(1);
  });

  test('aliases that multiply are refused before they fill the memory', () => {
    const levels = Array.from({ length: 30 }, (_, level) => `  a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`);
    const problems = read(`title: x\ntable:\n  a0: &a0 [z]\n${levels.join('\n')}\n`);
    expect(problems.some((problem) => problem.includes('aliases repeat too much'))).toBe(true);
  });

  test('nesting deeper than any stack is a problem, not a crash', () => {
    expect(read('['.repeat(200_000)).length).toBeLessThan(5);
    expect(read(`title: ${'['.repeat(50_000)}${']'.repeat(50_000)}`).length).toBeLessThan(5);
  });
});
