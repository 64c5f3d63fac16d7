import { expect, test } from 'vitest';
import { doubts } from '../../src/judge/outcome.ts';
import type { FindingKind } from '../../src/scenario/finding-kind.ts';
import type { Endpoint } from '../support/socket-server.ts';
import { auditReal, type RealAudit } from './audit-harness.ts';
import type { RealServer } from './real-server.ts';

/** What an audit of a server has to come to: the exit code, and the kinds of findings that make it. */
export interface Expected {
  readonly exitCode: number;
  readonly finds: readonly FindingKind[];
}

export const CLEAN: Expected = { exitCode: 0, finds: [] };
export const OPEN: Expected = { exitCode: 1, finds: ['spoofed-domain-send', 'third-party-relay'] };
export const UNTOLD: Expected = { exitCode: 3, finds: [] };

/** Longest time for an audit of a real server, in milliseconds. */
export const PATIENCE_MS = 120_000;

function expectAudit({ audit, exitCode, leaked, relayed }: RealAudit, expected: Expected): void {
  const counted = audit.findings.filter(({ severity }) => severity !== 'low');
  expect([...new Set(counted.map(({ id }) => id))].sort()).toEqual(expected.finds);
  expect(exitCode, doubts(audit).join('\n')).toBe(expected.exitCode);
  // The ground truth: what the catcher saw leave, told without the judge.
  expect([...relayed].sort()).toEqual([...leaked].sort());
}

/** A test for each preset of a server that has an expectation: audited with proof. */
export function testPresets<Preset extends string>(
  presets: readonly Preset[],
  expectations: Readonly<Partial<Record<Preset, Expected>>>,
  start: (preset: Preset, nextHop: Endpoint) => Promise<RealServer>,
): void {
  for (const preset of presets) {
    const expected = expectations[preset];
    if (expected === undefined) continue;
    test(
      `${preset} comes to exit code ${expected.exitCode}`,
      async () => {
        expectAudit(await auditReal((nextHop) => start(preset, nextHop), { prove: true }), expected);
      },
      PATIENCE_MS,
    );
  }
}
