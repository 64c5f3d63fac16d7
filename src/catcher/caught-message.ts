import PostalMime, { type Email } from 'postal-mime';
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
/** Characters of them in all: they are written once a recipient. */
const MAX_RECEIVED_CHARACTERS = 16_384;

/** Messages in messages that are opened: a gateway wraps once or twice. */
const MAX_WRAPPINGS = 3;

/**
 * Lines that are decoded, in all messages of one together. The parser takes ten microseconds for a line however short, and
 * a message in base64 as long as what is kept of one has no more.
 */
const MAX_DECODED_LINES = 4000;
/** Longer headers are not decoded: the parser of addresses is slow. */
const MAX_DECODED_HEADER_BYTES = 32_768;
const NEWLINE = 0x0a;

/**
 * Reads a message as leniently as can be: whatever is no header field is passed over. The canary is looked for in its own
 * field first, then in the subject, then anywhere, because a bounce carries it in the message that it returns; at last in
 * what the message is once it is decoded (RFC 2045, RFC 2047), because gateways that sign or wrap encode it anew.
 */
export async function readCaughtContent(message: Buffer): Promise<CaughtContent> {
  const text = message.toString('latin1');
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const fields = headerFields(text.slice(0, end));
  const valuesOf = (name: string): readonly string[] =>
    fields.filter((field) => field.name === name).map((field) => field.value);
  const subject = valuesOf('subject')[0] ?? '';
  return {
    canary:
      findCanary(valuesOf(CANARY_FIELD.toLowerCase()).join('\n')) ??
      findCanary(subject) ??
      findCanary(text) ??
      (await decodedCanary(message, MAX_WRAPPINGS, { lines: MAX_DECODED_LINES })),
    received: newestHops(valuesOf('received').slice(0, MAX_RECEIVED).map(shown)),
    subject: shown(subject),
  };
}

function newestHops(received: readonly string[]): readonly string[] {
  let characters = 0;
  return received.filter((value) => {
    characters += value.length;
    return characters <= MAX_RECEIVED_CHARACTERS;
  });
}

/** What is left to be decoded. */
interface Budget {
  lines: number;
}

async function decodedCanary(message: Buffer, wrappings: number, budget: Budget): Promise<string | null> {
  if (wrappings === 0 || budget.lines === 0) return null;
  const email = await decoded(firstLines(message, budget));
  if (email === null) return null;
  const inside = email.attachments.map(({ content }) =>
    typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content)),
  );
  const texts = [email.subject, ...email.headers.map(({ value }) => value), email.text, email.html];
  const found = findCanary([...texts, ...inside.map((bytes) => bytes.toString('latin1'))].join('\n'));
  if (found !== null) return found;
  for (const bytes of inside) {
    const deeper = await decodedCanary(bytes, wrappings - 1, budget);
    if (deeper !== null) return deeper;
  }
  return null;
}

/** The lines that the budget pays for; each has its price once. */
function firstLines(message: Buffer, budget: Budget): Buffer {
  let end = 0;
  while (budget.lines > 0 && end < message.length) {
    const newline = message.indexOf(NEWLINE, end);
    end = newline === -1 ? message.length : newline + 1;
    budget.lines -= 1;
  }
  return message.subarray(0, end);
}

/** Null for a message that the library gives up on: too deep, or fields too long. */
async function decoded(message: Buffer): Promise<Email | null> {
  try {
    return await PostalMime.parse(message, {
      attachmentEncoding: 'arraybuffer',
      forceRfc822Attachments: true,
      maxHeadersSize: MAX_DECODED_HEADER_BYTES,
    });
  } catch {
    return null;
  }
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
