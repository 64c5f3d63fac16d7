import { toASCII, toUnicode } from 'tr46';

/** Ways to write one domain that a comparison of text takes for another. Text that is no domain comes back as it is. */

/** Every other letter a capital. */
export function mixedCase(domain: string): string {
  let letters = 0;
  return domain.replace(/[a-z]/gi, (letter) => (letters++ % 2 === 1 ? letter.toUpperCase() : letter.toLowerCase()));
}

/** A-labels (RFC 5890 §2.3.2.1). */
export function aLabels(domain: string): string {
  return toASCII(domain) ?? domain;
}

/** U-labels. */
export function uLabels(domain: string): string {
  const { domain: unicode, error } = toUnicode(domain);
  return error ? domain : unicode;
}

/** Letters and digits in their full-width forms, which UTS #46 maps back. */
export function fullWidth(domain: string): string {
  return domain.replace(/[a-z0-9]/gi, (character) => String.fromCodePoint(character.charCodeAt(0) + 0xfee0));
}

/** KELVIN SIGN and LATIN SMALL LETTER LONG S, which fold to k and s in some comparisons and not in others. */
export function foldingLetters(domain: string): string {
  return domain.replace(/k/gi, '\u{212a}').replace(/s/gi, '\u{17f}');
}
