import { expect, test } from 'vitest';
import { aLabels, foldingLetters, fullWidth, mixedCase, uLabels } from '../../src/smtp/domain-spelling.ts';
import { canonicalDomain } from '../../src/smtp/domain.ts';

test.for([
  ['mixed case', mixedCase, 'ab-cD.example', 'aB-cD.eXaMpLe'],
  ['mixed case', mixedCase, 'A1B2.TEST', 'a1B2.tEsT'],
  ['A-labels', aLabels, 'bücher.example', 'xn--bcher-kva.example'],
  ['A-labels of what is no domain', aLabels, 'xn--\u{0}', 'xn--\u{0}'],
  ['U-labels', uLabels, 'xn--bcher-kva.example', 'bücher.example'],
  ['U-labels of what is no domain', uLabels, 'xn--\u{0}', 'xn--\u{0}'],
  ['full width', fullWidth, 'aZ-09.b', '\u{ff41}\u{ff3a}-\u{ff10}\u{ff19}.\u{ff42}'],
  ['folding letters', foldingLetters, 'Kiosk.sk', '\u{212a}io\u{17f}\u{212a}.\u{17f}\u{212a}'],
] as const)('%s of a domain', ([, spell, domain, spelled]) => {
  expect(spell(domain)).toBe(spelled);
});

test.for([mixedCase, aLabels, uLabels, fullWidth, foldingLetters])('is the same domain to UTS #46: %o', (spell) => {
  expect(canonicalDomain(spell('kiosk.bücher.example'))).toBe(canonicalDomain('kiosk.bücher.example'));
});
