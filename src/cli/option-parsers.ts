import { InvalidArgumentError } from '@commander-js/extra-typings';
import { ValueFault } from '../config/option-fault.ts';
import * as values from '../config/option-values.ts';

/** A parser of option values as commander takes it, which names the option that the value was given for; exit code 2. */
function optionParser<Given extends readonly unknown[], Value>(
  parse: (...given: Given) => Value,
): (...given: Given) => Value {
  return (...given) => {
    try {
      return parse(...given);
    } catch (error) {
      throw error instanceof ValueFault ? new InvalidArgumentError(error.message) : error;
    }
  };
}

export const authorization = optionParser(values.authorization);
export const domainName = optionParser(values.domainName);
export const domains = optionParser(values.domains);
export const duration = optionParser(values.duration);
export const fills = optionParser(values.fills);
export const heloName = optionParser(values.heloName);
export const hostNames = optionParser(values.hostNames);
export const mailbox = optionParser(values.mailbox);
export const mailboxes = optionParser(values.mailboxes);
export const positiveInteger = optionParser(values.positiveInteger);
export const positiveNumber = optionParser(values.positiveNumber);
export const timeLimit = optionParser(values.timeLimit);
export const vantages = optionParser(values.vantages);
