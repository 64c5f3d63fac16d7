import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../src/terminal/exit-code.ts';
import { renderAll } from '../../src/report/formats.ts';
import { REMEDIES } from '../../src/judge/remedy.ts';
import type { Audit, AuditResult, Finding } from '../../src/judge/audit.ts';
import { matrixOf } from '../../src/report/matrix.ts';
import { FAIL_ON, outcomeOf } from '../../src/judge/outcome.ts';
import { CLEAN, OPEN, READING, SAMPLES, UNTOLD } from './sample-audits.ts';

const MOST_BYTES = 60_000;

/** An audit with as many findings, each with a dialogue of as many lines. */
function large(findings: number, lines: number): Audit {
  const finding = first(OPEN.findings);
  const all = Array.from({ length: findings }, (_, index): Finding => ({
    ...finding,
    title: `Finding ${index}`,
    fingerprint: `${index}`.padStart(64, '0'),
    severity: index === findings - 1 ? 'critical' : 'medium',
    evidence: finding.evidence.map((evidence) => ({
      ...evidence,
      dialogue: Array.from({ length: lines }, (_line, line) => `S: 250-${line} ✓ grün`),
    })),
  }));
  return { ...OPEN, findings: all };
}

function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new Error('the sample is empty');
  return one;
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

describe('Markdown', () => {
  test('fits a comment, whatever an audit holds, and says that something is left out', () => {
    const text = renderAll('markdown', [large(500, 200)], READING);
    expect(bytes(text)).toBeLessThanOrEqual(MOST_BYTES);
    expect(bytes(text)).toBeGreaterThan(MOST_BYTES * 0.8);
    expect(text).toMatch(/_\d+ sections left out here/);
    expect(text).toContain('❌ OPEN');
  });

  test('gives the answer for each of several targets, and the room to all', () => {
    const audits = Array.from({ length: 8 }, () => large(50, 100));
    const text = renderAll('markdown', audits, READING);
    expect(bytes(text)).toBeLessThanOrEqual(MOST_BYTES);
    expect(text.match(/❌ OPEN/g)).toHaveLength(8);
  });

  test('says how many targets it has no room for', () => {
    const text = renderAll(
      'markdown',
      Array.from({ length: 900 }, () => CLEAN),
      READING,
    );
    expect(bytes(text)).toBeLessThanOrEqual(MOST_BYTES);
    expect(text).toMatch(/_\d+ targets left out here\._/);
  });

  test('the size has a limit for any audit of any texts', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100_000, size: 'max' }), fc.nat(30), (banner, count) => {
        const target = { ...OPEN.target, banner, host: banner };
        const text = renderAll(
          'markdown',
          Array.from({ length: count }, () => ({ ...UNTOLD, target })),
          READING,
        );
        return bytes(text) <= MOST_BYTES;
      }),
      { seed: 20_261_124, numRuns: 30 },
    );
  });
});

describe('annotations', () => {
  test('are the worst ten, and one line that says what the audit came to', () => {
    const lines = renderAll('github', [large(30, 3)], READING)
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[0]).toContain('title=Finding 29');
    expect(lines.slice(0, 10).map((line) => line.slice(0, 10))).toEqual(['::error fi', ...Array(9).fill('::warning ')]);
    expect(lines[10]).toMatch(/^::notice .*30 findings.*20 more findings/);
  });

  test('are no errors below the threshold', () => {
    const lines = renderAll('github', [OPEN], { ...READING, failOn: 'never' })
      .trimEnd()
      .split('\n');
    expect(lines.filter((line) => !line.startsWith('::notice'))).toEqual([]);
  });

  test('warn where nothing could be told', () => {
    expect(renderAll('github', [UNTOLD], READING)).toMatch(/^::warning title=relayproof%3A COULD NOT TELL::/);
  });
});

describe('JUnit', () => {
  test.for(Object.keys(SAMPLES).flatMap((name) => FAIL_ON.map((failOn) => [name, failOn] as const)))(
    'of %s has failures or errors exactly where the exit code is not 0, with --fail-on %s',
    ([name, failOn]) => {
      const audit = SAMPLES[name] ?? CLEAN;
      const text = renderAll('junit', [audit], { ...READING, failOn });
      const [, failures, errors] = /<testsuites [^>]*failures="(\d+)" errors="(\d+)"/.exec(text) ?? [];
      const code = exitCodeOf(outcomeOf(audit, failOn));
      expect(Number(failures) > 0).toBe(code === 1);
      if (code !== 1) expect(Number(errors) > 0).toBe(code === 3);
    },
  );

  test('tells a finding that no session shows by itself', () => {
    const lost: Finding = {
      ...first(OPEN.findings),
      id: 'client-address-lost',
      scenario: 'banner',
      evidence: [],
      also: [],
    };
    const text = renderAll('junit', [{ ...CLEAN, findings: [lost] }], READING);
    expect(text).toContain('name="client-address-lost banner"');
    expect(text).toContain('failures="1"');
  });

  test('skips what somebody answers for', () => {
    expect(renderAll('junit', [OPEN], READING)).toMatch(
      /<skipped message="[^"]*postmaster \(waived until 2026-03-31 by Ann/,
    );
  });
});

describe('the matrix', () => {
  const cell = (changes: Partial<AuditResult>, verdict: AuditResult['verdict']): string | undefined => {
    const result = { ...first(OPEN.results.slice(1)), verdict, ...changes };
    return matrixOf({ ...OPEN, results: [result] }).rows[0]?.cells[0]?.kind;
  };

  test('tells what was let through from what was refused too much, and both from what could not be told', () => {
    expect(cell({ agrees: false }, 'relayed')).toBe('open');
    expect(cell({ agrees: false }, 'accepted')).toBe('open');
    expect(cell({ agrees: false }, 'swallowed')).toBe('open');
    expect(cell({ agrees: false }, 'refused')).toBe('strict');
    expect(cell({ agrees: false }, 'deferred')).toBe('strict');
    expect(cell({ agrees: null }, 'masked')).toBe('untold');
    expect(cell({ agrees: true }, 'refused')).toBe('expected');
    expect(cell({ agrees: null }, 'skipped')).toBe('unasked');
  });

  test('shows the worst of a family, how often, and of how many', () => {
    expect(matrixOf(OPEN).rows.map(({ cells }) => cells[0])).toEqual([
      { kind: 'open', count: 2, asked: 2 },
      { kind: 'open', count: 2, asked: 2 },
      { kind: 'expected', count: 1, asked: 1 },
    ]);
  });

  test('names more than 26 places', () => {
    const results = Array.from({ length: 54 }, (_, index) => ({
      ...first(OPEN.results),
      vantage: `bind=127.0.0.${index}`,
    }));
    const letters = matrixOf({ ...OPEN, results }).columns.map(({ letter }) => letter);
    expect([letters[0], letters[25], letters[26], letters[51], letters[53]]).toEqual(['A', 'Z', 'AA', 'AZ', 'BB']);
  });
});

test('no remedy has a backtick too many, so that names are shown as names', () => {
  const texts = Object.values(REMEDIES).flatMap((remedies) =>
    remedies === null ? [] : Object.values(remedies).map(({ say }) => say),
  );
  expect(texts.length).toBeGreaterThan(100);
  expect(texts.filter((text) => text.split('`').length % 2 === 0)).toEqual([]);
});
