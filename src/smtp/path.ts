import { parseIpv4, parseIpv6 } from './client-address.ts';

/** A reverse-path or forward-path of RFC 5321 section 4.1.2, read strictly. */
export type Path =
  /** `<>`, the null reverse-path. */
  | { readonly kind: 'null' }
  /** `<postmaster>`, the one mailbox that needs no domain (RFC 5321 section 4.5.1). */
  | { readonly kind: 'postmaster' }
  | {
      readonly kind: 'mailbox';
      /** Domains of the route in order, as written; servers ignore them. */
      readonly sourceRoute: readonly string[];
      /** What the local part stands for: without quotes and backslashes. */
      readonly localPart: string;
      readonly isQuoted: boolean;
      /** A name or, in brackets, an address literal; as written. */
      readonly domain: string;
    }
  | {
      readonly kind: 'malformed';
      /** Index, from 0, of the first character that does not fit. */
      readonly at: number;
      readonly expected: string;
    };

export interface PathOptions {
  /** Letters outside ASCII, which only SMTPUTF8 allows (RFC 6531 section 3.3). */
  readonly smtputf8?: boolean;
}

/** Octets, in UTF-8 (RFC 5321 section 4.5.3.1). */
const MOST_LOCAL_PART = 64;
const MOST_PATH = 256;

interface Grammar {
  readonly dotString: RegExp;
  readonly quotedString: RegExp;
  readonly domain: RegExp;
}

const ASCII_GRAMMAR: Grammar = {
  dotString: /[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*/y,
  quotedString: /"(?:[ !#-[\]-~]|\\[ -~])*"/y,
  domain: /[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*/iy,
};

const UTF8_GRAMMAR: Grammar = {
  dotString: /[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+)*/uy,
  quotedString: /"(?:[ !#-[\]-~\u{80}-\u{10ffff}]|\\[ -~])*"/uy,
  domain:
    /[a-z\d\u{80}-\u{10ffff}](?:[a-z\d\u{80}-\u{10ffff}-]*[a-z\d\u{80}-\u{10ffff}])?(?:\.[a-z\d\u{80}-\u{10ffff}](?:[a-z\d\u{80}-\u{10ffff}-]*[a-z\d\u{80}-\u{10ffff}])?)*/iuy,
};

const LITERAL = /\[[!-Z^-~]+\]/y;

/** Address-literal of RFC 5321 section 4.1.3; no general form is registered, so only the two families are literals. */
function isLiteral(text: string): boolean {
  const inside = text.slice(1, -1);
  return parseIpv4(inside) >= 0 || (/^ipv6:/iu.test(inside) && parseIpv6(inside.slice(5)) !== null);
}

function octets(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The text that a pattern matches at an index, or '' if none. */
function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function malformed(at: number, expected: string): Path {
  return { kind: 'malformed', at, expected };
}

/** Reads a path with its angle brackets, as it stands after `MAIL FROM:` or `RCPT TO:`. */
export function parsePath(text: string, options: PathOptions = {}): Path {
  const grammar = options.smtputf8 === true ? UTF8_GRAMMAR : ASCII_GRAMMAR;
  if (octets(text) > MOST_PATH) return malformed(MOST_PATH, `at most ${MOST_PATH} octets`);
  if (text === '<>') return { kind: 'null' };
  if (/^<postmaster>$/iu.test(text)) return { kind: 'postmaster' };
  if (!text.startsWith('<')) return malformed(0, '`<`');

  let at = 1;
  const sourceRoute: string[] = [];
  while (text[at] === '@') {
    const hop = matchAt(grammar.domain, text, at + 1);
    if (hop === '') return malformed(at + 1, 'a domain');
    sourceRoute.push(hop);
    at += 1 + hop.length;
    if (text[at] === ':') break;
    if (text[at] !== ',' || text[at + 1] !== '@') return malformed(at, '`:` or another `,@domain` of the source route');
    at += 1;
  }
  if (sourceRoute.length > 0) at += 1;

  const isQuoted = text[at] === '"';
  const local = matchAt(isQuoted ? grammar.quotedString : grammar.dotString, text, at);
  if (local === '') return malformed(at, isQuoted ? 'a closed quoted string' : 'a local part');
  if (octets(local) > MOST_LOCAL_PART) return malformed(at, `a local part of at most ${MOST_LOCAL_PART} octets`);
  at += local.length;
  if (text[at] !== '@') return malformed(at, '`@`');
  at += 1;

  const isBracketed = text[at] === '[';
  const domain = matchAt(isBracketed ? LITERAL : grammar.domain, text, at);
  if (domain === '' || (isBracketed && !isLiteral(domain))) {
    return malformed(at, isBracketed ? 'an address literal such as [192.0.2.1] or [IPv6:::1]' : 'a domain');
  }
  at += domain.length;
  if (text.slice(at) !== '>') return malformed(text[at] === '>' ? at + 1 : at, text[at] === '>' ? 'the end' : '`>`');
  const localPart = isQuoted ? local.slice(1, -1).replace(/\\(.)/gu, '$1') : local;
  return { kind: 'mailbox', sourceRoute, localPart, isQuoted, domain };
}
