import { expect, test } from 'vitest';
import type { FindingKind } from '../../src/scenario/finding-kind.ts';
import { auditReal, type RealAudit } from './audit-harness.ts';
import { describeReal } from './availability.ts';
import { EXIM_PRESET_NAMES, type EximPresetName } from './exim-presets.ts';
import { startExim } from './exim.ts';
import { POSTFIX_PRESET_NAMES, type PostfixPresetName } from './postfix-presets.ts';
import { startPostfix } from './postfix.ts';

/** What an audit of a server has to come to: the exit code, and the kinds of findings that make it. */
interface Expected {
  readonly exitCode: number;
  readonly finds: readonly FindingKind[];
}

const CLEAN: Expected = { exitCode: 0, finds: [] };
const OPEN: Expected = { exitCode: 1, finds: ['spoofed-domain-send', 'third-party-relay'] };
const UNTOLD: Expected = { exitCode: 3, finds: [] };

const POSTFIX: Readonly<Partial<Record<PostfixPresetName, Expected>>> = {
  closed: CLEAN,
  'closed-deferring': CLEAN,
  greylist: CLEAN,
  'reject-at-data': CLEAN,
  'reject-at-end-of-data': CLEAN,
  'accept-and-discard': CLEAN,
  'accept-and-hold': CLEAN,
  'refuse-all': UNTOLD,
  open: OPEN,
  'open-after-greylist': OPEN,
  'own-sender': { exitCode: 1, finds: ['spoofed-domain-send'] },
  'lone-recipient-at-data': { exitCode: 1, finds: ['session-state-leak'] },
  'percent-hack-two-hops': { exitCode: 1, finds: ['routed-recipient'] },
};

const EXIM: Readonly<Partial<Record<EximPresetName, Expected>>> = {
  closed: CLEAN,
  'accept-and-discard': CLEAN,
  'refuse-all': UNTOLD,
  open: OPEN,
  'own-sender': { exitCode: 1, finds: ['spoofed-domain-send'] },
};

const PATIENCE_MS = 120_000;

function expectAudit({ audit, exitCode, leaked, relayed }: RealAudit, expected: Expected): void {
  const counted = audit.findings.filter(({ severity }) => severity !== 'low');
  expect([...new Set(counted.map(({ id }) => id))].sort()).toEqual(expected.finds);
  expect(exitCode).toBe(expected.exitCode);
  // The ground truth: what the catcher saw leave, told without the judge.
  expect([...relayed].sort()).toEqual([...leaked].sort());
}

describeReal('an audit of Postfix', ['postfix'], () => {
  for (const preset of POSTFIX_PRESET_NAMES) {
    const expected = POSTFIX[preset];
    if (expected === undefined) continue;
    test(
      `${preset} comes to exit code ${expected.exitCode}`,
      async () => {
        expectAudit(await auditReal((nextHop) => startPostfix({ preset, nextHop }), { prove: true }), expected);
      },
      PATIENCE_MS,
    );
  }

  test(
    'without messages an open one is a finding of low confidence, and nothing else changes',
    async () => {
      const open = await auditReal((nextHop) => startPostfix({ preset: 'open', nextHop }));
      expect(open.exitCode).toBe(1);
      expect(open.audit.findings.every(({ confidence }) => confidence === 'low')).toBe(true);
      const closed = await auditReal((nextHop) => startPostfix({ preset: 'closed', nextHop }));
      expect(closed.exitCode).toBe(0);
      expect(closed.audit.findings).toEqual([]);
    },
    PATIENCE_MS,
  );
});

describeReal('an audit of Exim', ['exim'], () => {
  for (const preset of EXIM_PRESET_NAMES) {
    const expected = EXIM[preset];
    if (expected === undefined) continue;
    test(
      `${preset} comes to exit code ${expected.exitCode}`,
      async () => {
        expectAudit(await auditReal((nextHop) => startExim({ preset, nextHop }), { prove: true }), expected);
      },
      PATIENCE_MS,
    );
  }
});
