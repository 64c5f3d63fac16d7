import { CANARY_FIELD, findCanary } from '../session/canary.ts';
import { printable } from '../smtp/printable.ts';

/** What is told of a message itself: canary, trace and subject, safe to print. */
export interface CaughtContent {
  readonly canary: string | null;
  /** Values of the Received fields, unfolded, newest first. */
  readonly received: readonly string[];
  readonly subject: string;
}

/** Received fields that are kept: a message that looped has hundreds. */
const MAX_RECEIVED = 50;

/**
 * Reads a message as leniently as can be: whatever is no header field is passed over. The canary is looked for in its own
 * field first, then in the subject, then anywhere, because a bounce carries it in the message that it returns.
 */
export function readCaughtContent(message: Buffer): CaughtContent {
  const text = message.toString('latin1');
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const fields = headerFields(text.slice(0, end));
  const valuesOf = (name: string): readonly string[] =>
    fields.filter((field) => field.name === name).map((field) => field.value);
  const subject = valuesOf('subject')[0] ?? '';
  return {
    canary: findCanary(valuesOf(CANARY_FIELD.toLowerCase()).join('\n')) ?? findCanary(subject) ?? findCanary(text),
    received: valuesOf('received').slice(0, MAX_RECEIVED).map(shown),
    subject: shown(subject),
  };
}

interface Field {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
}

function headerFields(header: string): readonly Field[] {
  return header
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 1
        ? []
        : [{ name: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1).trim() }];
    });
}

function shown(value: string): string {
  return printable(Buffer.from(value, 'latin1').toString('utf8'));
}
