import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  findCycle,
  FOLDER_RULES,
  folderOf,
  importViolations,
  MODULE_RULES,
  reachable,
  targetFile,
} from './support/import-rules.ts';
import { importsOf, readSources, sourceFile, type SourceFile } from './support/source-imports.ts';

const SOURCES = readSources(fileURLToPath(new URL('../src/', import.meta.url)));
const MOST_LINES = 300;
/** Of all lines, in one room: what grows beyond it is two rooms. */
const MOST_OF_ALL = 0.15;
const ROOMS = Object.keys(FOLDER_RULES);

const linesOf = ({ text }: SourceFile): number => text.split('\n').length - 1;

function edges(name: (path: string) => string, kinds: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of SOURCES) {
    const from = name(file.path);
    const targets = found.get(from) ?? new Set();
    found.set(from, targets);
    for (const one of file.imports) {
      const target = targetFile(file.path, one);
      if (target !== null && kinds.includes(one.kind) && name(target) !== from) targets.add(name(target));
    }
  }
  return found;
}

function defaultExports({ text }: SourceFile): boolean {
  return /^export default\b|^export \{[^}]*\bas default\b/m.test(text);
}

function usesConsole({ text }: SourceFile): boolean {
  return /\bconsole\s*[.[]/.test(text);
}

function pathsOf(files: readonly SourceFile[]): readonly string[] {
  return files.map(({ path }) => path);
}

describe('the sources', () => {
  test('import only what the table of folders allows', () => {
    expect(SOURCES.flatMap(importViolations)).toEqual([]);
  });

  test('stand in folders that the table knows', () => {
    expect([...new Set(pathsOf(SOURCES).map(folderOf))].filter((folder) => FOLDER_RULES[folder] === undefined)).toEqual(
      [],
    );
  });

  test('have no import cycle between folders', () => {
    expect(findCycle(edges(folderOf, ['type', 'value']))).toBeNull();
  });

  test('have no import cycle between files, not even of types', () => {
    expect(findCycle(edges((path) => path, ['type', 'value']))).toBeNull();
  });

  test('import from rooms below their own only', () => {
    const upward = [...edges(folderOf, ['type', 'value'])].flatMap(([from, targets]) =>
      [...targets].filter((to) => ROOMS.indexOf(to) >= ROOMS.indexOf(from)).map((to) => `${from} → ${to}`),
    );
    expect(upward).toEqual([]);
  });

  test('are in a table that allows no room what stands above it', () => {
    const allowed = ROOMS.flatMap((room) => {
      const { values = [], types = [], tables = [], files = [] } = FOLDER_RULES[room] ?? {};
      return [...values, ...types, ...tables, ...files.map(folderOf)].map((other) => ({ room, other }));
    });
    expect(allowed.filter(({ room, other }) => !ROOMS.slice(0, ROOMS.indexOf(room)).includes(other))).toEqual([]);
  });

  test(`fill no room with more than ${MOST_OF_ALL * 100} % of the lines`, () => {
    const all = SOURCES.reduce((sum, file) => sum + linesOf(file), 0);
    const shares = ROOMS.map((room) => {
      const own = SOURCES.filter(({ path }) => folderOf(path) === room);
      return { room, share: own.reduce((sum, file) => sum + linesOf(file), 0) / all };
    });
    expect(shares.filter(({ share }) => share > MOST_OF_ALL)).toEqual([]);
  });

  test('let prober and guard meet in the self-test only', () => {
    const direct = edges(folderOf, ['type', 'value']);
    const meets = [...direct].filter(([, to]) => to.has('guard') && (to.has('audit') || to.has('probe')));
    expect(meets.map(([room]) => room).sort()).toEqual(['cli', 'selftest']);
  });

  test('keep the prober blind: no way leads from probe to policy, judge, guard or report at run time', () => {
    const reached = reachable('probe', edges(folderOf, ['value']));
    for (const blind of ['policy', 'judge', 'guard', 'report', 'config', 'audit', 'cli'])
      expect(reached).not.toContain(blind);
    expect(reached).toContain('session');
  });

  test('keep the guard blind: no way leads from guard to scenario, session, probe or judge, not even a type', () => {
    const reached = reachable('guard', edges(folderOf, ['type', 'value']));
    for (const blind of ['scenario', 'session', 'probe', 'judge', 'audit', 'cli']) expect(reached).not.toContain(blind);
    expect(reached).toContain('policy');
  });

  test('give a reason for every rule', () => {
    for (const { because } of [...Object.values(FOLDER_RULES), ...MODULE_RULES]) expect(because).toMatch(/\w+ \w+ \w+/);
  });

  test('print nothing by themselves', () => {
    expect(pathsOf(SOURCES.filter(usesConsole))).toEqual([]);
  });

  test('end or steer the process in the command line, the terminal, a watch and the lab only', () => {
    const steering = SOURCES.filter(({ text }) => /\bprocess\.(?:exit|exitCode|on|env|argv|std)/.test(text));
    expect(pathsOf(steering).filter((path) => !/^(?:cli|terminal|watch|lab)\//.test(path))).toEqual([]);
  });

  test(`have at most ${MOST_LINES} lines`, () => {
    expect(pathsOf(SOURCES.filter(({ text }) => text.split('\n').length - 1 > MOST_LINES))).toEqual([]);
  });

  test('export by name only', () => {
    expect(pathsOf(SOURCES.filter(defaultExports))).toEqual([]);
  });

  test('import their own files with the extension', () => {
    const bare = SOURCES.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => specifier.startsWith('.') && !/\.tsx?$/.test(specifier))
        .map(({ specifier }) => `${path}: ${specifier}`),
    );
    expect(bare).toEqual([]);
  });

  test('are called in kebab-case', () => {
    expect(pathsOf(SOURCES).filter((path) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)+[a-z0-9-]+\.tsx?$/.test(path))).toEqual(
      [],
    );
  });
});

describe('the check of the sources', () => {
  const violationsOf = (path: string, text: string): readonly string[] => importViolations(sourceFile(path, text));

  test.each([
    ['smtp/planted.ts', "import { decide } from '../policy/decide.ts';", 'must not import values of `policy`'],
    ['smtp/planted.ts', "import type { Flow } from '../policy/flow.ts';", 'must not import types of `policy`'],
    ['probe/planted.ts', "import { decide } from '../policy/decide.ts';", 'double blind'],
    ['probe/planted.ts', "import type { Verdict } from '../judge/verdict.ts';", 'double blind'],
    ['guard/planted.ts', "export { parseDialogue } from '../scenario/dialogue.ts';", 'double blind'],
    ['guard/planted.ts', "export * from '../probe/connection.ts';", 'double blind'],
    ['scenario/planted.ts', "import { decide } from '../policy/decide.ts';", 'must not import values of `policy`'],
    [
      'report/planted.ts',
      "import { type Audit, judgeAudit } from '../judge/judge-audit.ts';",
      'must not import values of `judge`',
    ],
    ['report/planted.ts', "import { SEVERITIES, findings } from '../judge/finding.ts';", 'draws the audit object'],
    ['judge/planted.ts', "const { runSession } = await import('../probe/session-runner.ts');", 'judging is pure'],
    ['catcher/planted.ts', "import '../judge/observe.ts';", 'a catcher recognises canaries'],
    ['catcher/planted.ts', "import net from 'node:net';", 'sockets are opened in two places'],
    ['probe/session-runner.ts', "import { connect } from 'node:tls';", 'sockets are opened in two places'],
    ['policy/planted.ts', "import { readFileSync } from 'node:fs';", 'says so in its name'],
    ['policy/planted.ts', "import { readFile } from 'node:fs/promises';", 'says so in its name'],
    ['cli/planted.ts', "import { exec } from 'node:child_process';", 'starts no other program'],
    ['cli/planted.ts', "import { render } from 'ink';", 'only where one is shown'],
    ['gate/planted.ts', "import { spawn } from 'node:child_process';", 'starts no other program'],
    ['audit/planted.ts', "import { lookup } from 'node:dns/promises';", 'a name is looked up once'],
    [
      'config/planted.ts',
      "import { InvalidArgumentError } from '@commander-js/extra-typings';",
      'rooms behind it take values',
    ],
    ['guard/planted.ts', "import pino from 'pino';", 'one command writes that down'],
    ['config/planted.ts', "import type { AuditRequest } from '../audit/request.ts';", 'read and checked in one place'],
    ['terminal/planted.ts', "import type { PlannedRun } from '../audit/request.ts';", 'it stands below the audit'],
    ['audit/planted.ts', "import { startGuard } from '../guard/guard.ts';", 'no guard of ours'],
    ['lab/planted.ts', "import { performAudit } from '../audit/perform.ts';", 'calls neither an audit nor a guard'],
    ['judge/planted.ts', "import type { Reading } from '../report/reading.ts';", 'judging is pure'],
    ['unknown/planted.ts', "import { decide } from '../policy/decide.ts';", 'no rule says'],
  ])('sees the planted violation in %s: %s', (path, text, message) => {
    const violations = violationsOf(path, text);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(message);
  });

  test.each([
    ['report/allowed.ts', "import { SEVERITIES } from '../judge/finding-kind.ts';"],
    ['report/allowed.ts', "import { outcomeOf } from '../judge/outcome.ts';"],
    ['report/allowed.ts', "import { type Verdict, VERDICT_INFO } from '../judge/verdict.ts';"],
    ['scenario/allowed.ts', "import { type Flow } from '../policy/flow.ts';"],
    ['policy/load-policy.ts', "import { readFileSync } from 'node:fs';"],
    ['smtp/allowed.ts', "/**\n * import { decide } from '../policy/decide.ts';\n */\n// import 'node:net';"],
  ])('lets pass what is allowed in %s: %s', (path, text) => {
    expect(violationsOf(path, text)).toEqual([]);
  });

  test('reads imports over several lines, renamed ones, whole modules and types among values', () => {
    const text = [
      'import {',
      '  one,',
      '  type Two,',
      '  three as four,',
      "} from './a.ts';",
      "import whole from 'b';",
      "import * as all from 'c';",
      "import both, { five } from 'd';",
      "import { type Six } from './e.ts';",
      "export type { Seven } from './f.ts';",
    ].join('\n');
    expect(importsOf(text)).toEqual([
      { specifier: './a.ts', kind: 'value', values: ['one', 'three'] },
      { specifier: 'b', kind: 'value', values: ['whole'] },
      { specifier: 'c', kind: 'value', values: ['*'] },
      { specifier: 'd', kind: 'value', values: ['five', 'both'] },
      { specifier: './e.ts', kind: 'type', values: [] },
      { specifier: './f.ts', kind: 'type', values: [] },
    ]);
  });

  test('sees a default export and a console', () => {
    expect(defaultExports(sourceFile('a/b.ts', 'const a = 1;\nexport default a;'))).toBe(true);
    expect(defaultExports(sourceFile('a/b.ts', 'export { a as default };'))).toBe(true);
    expect(usesConsole(sourceFile('a/b.ts', 'console.log(1);'))).toBe(true);
  });

  test('sees a cycle of two and a long one', () => {
    const graph = (pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, ReadonlySet<string>> =>
      new Map(pairs.map(([from, to]) => [from, new Set([to])]));
    expect(
      findCycle(
        graph([
          ['a', 'b'],
          ['b', 'a'],
        ]),
      ),
    ).toEqual(['a', 'b', 'a']);
    expect(
      findCycle(
        graph([
          ['a', 'b'],
          ['b', 'c'],
          ['c', 'd'],
          ['d', 'b'],
        ]),
      ),
    ).toEqual(['b', 'c', 'd', 'b']);
    expect(
      findCycle(
        graph([
          ['a', 'b'],
          ['b', 'c'],
        ]),
      ),
    ).toBeNull();
  });
});
