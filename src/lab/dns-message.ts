/** What one DNS query asks for (RFC 1035 §4.1.2); the name without its last dot. */
export interface Question {
  readonly name: string;
  readonly type: number;
}

export const RECORD_TYPE = { A: 1, NS: 2, SOA: 6, PTR: 12, MX: 15, TXT: 16 } as const;

export type RecordData =
  | { readonly kind: 'A'; readonly address: string }
  | { readonly kind: 'PTR'; readonly host: string }
  | { readonly kind: 'MX'; readonly preference: number; readonly host: string }
  /** At most 255 octets of ASCII. */
  | { readonly kind: 'TXT'; readonly text: string };

export interface DnsAnswer {
  /** False is NXDOMAIN: no record of any type has that name. */
  readonly exists: boolean;
  readonly records: readonly RecordData[];
}

const HEADER_LENGTH = 12;
/** QR, AA and RA beside the RD that was asked with. */
const RESPONSE = 0x8480;
const RECURSION_DESIRED = 0x0100;
const NXDOMAIN = 3;
const CLASS_IN = 1;
const TTL_SECONDS = 60;
/** A pointer to the name of the question, which begins right behind the header. */
const QUESTION_NAME = 0xc000 | HEADER_LENGTH;

interface ParsedQuery extends Question {
  /** Octets of header and question. */
  readonly end: number;
}

/** Reads a query of one question; null for anything else, which deserves no answer. */
export function parseQuery(message: Buffer): ParsedQuery | null {
  if (message.length < HEADER_LENGTH || message.readUInt16BE(4) !== 1 || message.readUInt8(2) >= 0x80) return null;
  const labels: string[] = [];
  let at = HEADER_LENGTH;
  for (;;) {
    const length = message[at];
    // A question has no name before it that it could point to.
    if (length === undefined || length > 63 || at + 1 + length > message.length) return null;
    if (length === 0) break;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > message.length || message.readUInt16BE(at + 3) !== CLASS_IN) return null;
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

/** The response to a query; null where the query is none. */
export function respond(query: Buffer, answerTo: (question: Question) => DnsAnswer): Buffer | null {
  const parsed = parseQuery(query);
  if (parsed === null) return null;
  const { exists, records } = answerTo(parsed);
  const header = Buffer.alloc(HEADER_LENGTH);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(RESPONSE | (query.readUInt16BE(2) & RECURSION_DESIRED) | (exists ? 0 : NXDOMAIN), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, query.subarray(HEADER_LENGTH, parsed.end), ...records.map(recordBytes)]);
}

function recordBytes(record: RecordData): Buffer {
  const data = dataBytes(record);
  const fixed = Buffer.alloc(12);
  fixed.writeUInt16BE(QUESTION_NAME, 0);
  fixed.writeUInt16BE(RECORD_TYPE[record.kind], 2);
  fixed.writeUInt16BE(CLASS_IN, 4);
  fixed.writeUInt32BE(TTL_SECONDS, 6);
  fixed.writeUInt16BE(data.length, 10);
  return Buffer.concat([fixed, data]);
}

function dataBytes(record: RecordData): Buffer {
  switch (record.kind) {
    case 'A':
      return Buffer.from(record.address.split('.').map(Number));
    case 'PTR':
      return nameBytes(record.host);
    case 'MX': {
      const preference = Buffer.alloc(2);
      preference.writeUInt16BE(record.preference);
      return Buffer.concat([preference, nameBytes(record.host)]);
    }
    case 'TXT':
      return Buffer.concat([Buffer.from([record.text.length]), Buffer.from(record.text)]);
  }
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}
