import { InvalidArgumentError } from '@commander-js/extra-typings';
import { printable } from '../smtp/printable.ts';

/** What a parser of option values says against a value; null where it takes it. Files keep to the rules of the options. */
export function optionFault(parse: (text: string) => unknown, text: string): string | null {
  try {
    parse(text);
    return null;
  } catch (error) {
    if (error instanceof InvalidArgumentError) return `\`${printable(text)}\`: ${error.message.replace(/\.$/, '')}`;
    throw error;
  }
}
