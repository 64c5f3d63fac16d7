import type { Parameters } from './session-facts.ts';

export type PathVerb = 'MAIL FROM' | 'RCPT TO';

/** A MAIL or RCPT command taken apart; the path is what stood between the angle brackets, untouched. */
export type PathCommand =
  | { readonly kind: 'ok'; readonly path: string; readonly parameters: Parameters }
  | { readonly kind: 'invalid'; readonly reason: string };

/** RFC 5321 §4.1.2 `esmtp-param`. */
const PARAMETER = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~]+))?$/;

/**
 * Reads `MAIL FROM:<path> parameters` or `RCPT TO:<path> parameters`. Blanks between the colon and the bracket are
 * taken, as every server does (RFC 5321 §3.3 forbids them to clients); angle brackets inside the path are not.
 */
export function readPathCommand(verb: PathVerb, line: string): PathCommand {
  const match = /^(MAIL FROM|RCPT TO):[ \t]*<([^<>]*)>((?: .*)?)$/i.exec(line);
  if (match === null || match[1]?.toUpperCase() !== verb)
    return { kind: 'invalid', reason: `the syntax is ${verb}:<address>` };
  const parameters = new Map<string, string | null>();
  for (const word of (match[3] ?? '').split(' ').filter((part) => part !== '')) {
    const [whole, keyword, value] = PARAMETER.exec(word) ?? [];
    if (whole === undefined || keyword === undefined) return { kind: 'invalid', reason: 'a parameter is malformed' };
    const key = keyword.toUpperCase();
    if (parameters.has(key)) return { kind: 'invalid', reason: `the parameter ${key} is given twice` };
    parameters.set(key, value ?? null);
  }
  return { kind: 'ok', path: match[2] ?? '', parameters };
}

/** A refusal: reply code and text with its enhanced status code. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

/** What a session allows in the parameters of MAIL. */
export interface MailParameterRules {
  readonly esmtp: boolean;
  readonly offersAuth: boolean;
  readonly maxBytes: number;
}

/**
 * Judges the parameters of MAIL: SIZE (RFC 1870), BODY (RFC 6152) and, where AUTH is offered, the asserted identity of
 * RFC 4954 §5, which is taken and believed by nobody. Null when they are in order.
 */
export function refuseMailParameters(parameters: Parameters, rules: MailParameterRules): Refusal | null {
  for (const [key, value] of parameters) {
    if (!rules.esmtp) return unknown(key);
    switch (key) {
      case 'SIZE':
        if (value === null || !/^\d{1,20}$/.test(value)) return { code: 501, text: '5.5.4 SIZE needs a number' };
        if (Number(value) > rules.maxBytes) return { code: 552, text: '5.3.4 The message is too large' };
        break;
      case 'BODY':
        if (!/^(?:7BIT|8BITMIME)$/i.test(value ?? '')) return { code: 501, text: '5.5.4 BODY is 7BIT or 8BITMIME' };
        break;
      case 'AUTH':
        if (!rules.offersAuth) return unknown(key);
        if (value === null) return { code: 501, text: '5.5.4 AUTH needs a value' };
        break;
      default:
        return unknown(key);
    }
  }
  return null;
}

/** No parameter of RCPT is offered. */
export function refuseRcptParameters(parameters: Parameters): Refusal | null {
  const [key] = parameters.keys();
  return key === undefined ? null : unknown(key);
}

function unknown(key: string): Refusal {
  return { code: 555, text: `5.5.4 The parameter ${key.slice(0, 32)} is not offered` };
}
