import { test } from 'vitest';
import { CLEAN, expectAudit, OPEN, PATIENCE_MS, UNTOLD, type Expected } from './audit-expected.ts';
import { auditReal } from './audit-harness.ts';
import { describeReal } from './availability.ts';
import { EXIM_PRESET_NAMES, type EximPresetName } from './exim-presets.ts';
import { startExim } from './exim.ts';

const EXIM: Readonly<Partial<Record<EximPresetName, Expected>>> = {
  closed: CLEAN,
  'accept-and-discard': CLEAN,
  'refuse-all': UNTOLD,
  open: OPEN,
  'own-sender': { exitCode: 1, finds: ['spoofed-domain-send'] },
};

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
