import type { Reply } from './reply-parser.ts';

/** What a server said it can do in its EHLO reply (RFC 5321 §4.1.1.1). */
export interface Capabilities {
  /** First word of the first line: the name that the server gives itself. */
  readonly name: string;
  /** Keyword in upper case to its parameters. */
  readonly keywords: ReadonlyMap<string, readonly string[]>;
}

/** Keywords that are kept; a hostile server may send thousands. */
const KEPT_KEYWORDS = 128;

export function parseCapabilities(reply: Reply): Capabilities {
  const [greeting = '', ...rest] = reply.lines;
  const keywords = new Map<string, readonly string[]>();
  for (const line of rest.slice(0, KEPT_KEYWORDS)) {
    const [keyword = '', ...parameters] = line.trim().split(/[ =]+/);
    if (keyword !== '') keywords.set(keyword.toUpperCase(), parameters);
  }
  return { name: greeting.split(' ')[0] ?? '', keywords };
}

/** Whether the server offers a keyword, or a keyword with a parameter, such as `AUTH LOGIN`. */
export function offers(capabilities: Capabilities, needed: string): boolean {
  const [keyword = '', parameter] = needed.toUpperCase().split(' ');
  const parameters = capabilities.keywords.get(keyword)?.map((name) => name.toUpperCase());
  return parameters !== undefined && (parameter === undefined || parameters.includes(parameter));
}

/** SASL mechanisms that the server offers, in its order and in upper case; empty when it offers no AUTH. */
export function offeredMechanisms(capabilities: Capabilities): readonly string[] {
  return (capabilities.keywords.get('AUTH') ?? []).map((name) => name.toUpperCase());
}
