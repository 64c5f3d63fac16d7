/** The envelope that goes on: exactly the mailboxes that the policy was asked about, in ASCII and without brackets. */
export interface Envelope {
  /** Reverse-path, `''` for the null sender. */
  readonly from: string;
  readonly to: readonly string[];
  /** True when the client declared `BODY=8BITMIME` (RFC 6152). */
  readonly eightBit: boolean;
}

/**
 * What became of a message. `refused` is the next hop's own word, for every recipient alike; `mixed` means that it took
 * some recipients and not others, so that no message was sent at all; `failed` means that nobody knows or that the next
 * hop did not speak SMTP: in each of the three nothing may be acknowledged.
 */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'refused'; readonly code: number; readonly command: string }
  | { readonly kind: 'mixed'; readonly codes: readonly number[] }
  | { readonly kind: 'failed'; readonly reason: string };

/** Hands a whole message (header and body, CRLF line ends, dots not doubled) on. It never throws for the next hop's faults. */
export type Delivery = (envelope: Envelope, message: Buffer) => Promise<DeliveryOutcome>;

/** Reply codes that mean the same for the client as they did for the guard; others would mislead it (421, 530, 535). */
const PASSED_ON = new Set([450, 451, 452, 550, 551, 552, 553, 554]);

/** The reply after the end of data for a message that was not delivered. Nothing of the next hop's text goes in. */
export function undeliveredReply(outcome: Exclude<DeliveryOutcome, { kind: 'delivered' }>): {
  code: number;
  text: string;
} {
  switch (outcome.kind) {
    case 'refused': {
      const permanent = outcome.code >= 500;
      const code = PASSED_ON.has(outcome.code) ? outcome.code : permanent ? 554 : 451;
      return {
        code,
        text: `${permanent ? '5' : '4'}.0.0 Refused by the next hop with ${outcome.code} after ${outcome.command}`,
      };
    }
    case 'mixed': {
      // Trying again helps only if a refusal was for now; otherwise the sender should hear at once that nobody got it.
      const permanent = outcome.codes.every((code) => code < 300 || code >= 500);
      const refused = outcome.codes.filter((code) => code >= 300).length;
      const text = `The next hop refused ${refused} of ${outcome.codes.length} recipients, the message was sent to none`;
      return permanent ? { code: 554, text: `5.5.0 ${text}` } : { code: 451, text: `4.5.0 ${text}` };
    }
    case 'failed':
      return { code: 451, text: '4.4.0 The next hop did not take the message, try again later' };
  }
}
