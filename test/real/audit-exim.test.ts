import { CLEAN, OPEN, testPresets, UNTOLD, type Expected } from './audit-expected.ts';
import { describeReal } from './availability.ts';
import { EXIM_PRESET_NAMES, type EximPresetName } from './exim-presets.ts';
import { startExim } from './exim.ts';

const EXIM: Readonly<Partial<Record<EximPresetName, Expected>>> = {
  closed: CLEAN,
  // Nothing for the outside comes out of it, so nothing tells discarded mail from mail that is on its way.
  'accept-and-discard': UNTOLD,
  'refuse-all': UNTOLD,
  open: OPEN,
  'own-sender': { exitCode: 1, finds: ['spoofed-domain-send'] },
};

describeReal('an audit of Exim', ['exim'], () => {
  testPresets(EXIM_PRESET_NAMES, EXIM, (preset, nextHop) => startExim({ preset, nextHop }));
});
