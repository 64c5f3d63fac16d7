/** What is wrong with the value of an option. Whoever reads the option says of which one. */
export class ValueFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ValueFault';
  }
}
import { printable } from '../smtp/printable.ts';

/** What a parser of option values says against a value; null where it takes it. Files keep to the rules of the options. */
export function optionFault(parse: (text: string) => unknown, text: string): string | null {
  try {
    parse(text);
    return null;
  } catch (error) {
    if (error instanceof ValueFault) return `\`${printable(text)}\`: ${error.message.replace(/\.$/, '')}`;
    throw error;
  }
}
