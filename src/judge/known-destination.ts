import type { Scenario } from '../scenario/scenario.ts';
import type { Transcript } from '../session/transcript.ts';
import { PLAIN_EQUIVALENT } from './plain-equivalent.ts';
import { replyText, type Verdict } from './verdict.ts';

/** The plain question for relaying, with a recipient whose domain no list can hold. */
export const FRESH_DESTINATION = 'third-party-fresh-domain';

/** The same with a fresh name in the top-level domain of the auditor, which a list may hold as a whole. */
export const SAME_TOP_LEVEL = 'third-party-same-top-level';

/** What a session came to, as far as destinations are compared. */
interface Asked {
  readonly scenario: Pick<Scenario, 'id'>;
  readonly transcript: Pick<Transcript, 'vantage' | 'login' | 'turns'>;
  readonly verdict: Verdict;
}

/**
 * Where a server takes a stranger's mail for the auditor's domain and denies the same stranger a fresh one, the auditor's
 * domain is a destination of its own (`relay_domains`, a customer on the same host), and no answer about that domain tells
 * what strangers may do. Where a fresh name in the same top-level domain is taken, too, the list holds all of that: then the
 * session about that name is the finding.
 */
export class KnownDestinations {
  readonly #denials = new Map<string, string>();
  readonly #wholeTopLevel: ReadonlySet<string>;

  constructor(asked: readonly Asked[]) {
    const taken = new Set(
      asked.filter(({ scenario, verdict }) => scenario.id === PLAIN_EQUIVALENT.relay && isTaken(verdict)).map(placeOf),
    );
    this.#wholeTopLevel = new Set(
      asked.filter(({ scenario, verdict }) => scenario.id === SAME_TOP_LEVEL && isTaken(verdict)).map(placeOf),
    );
    for (const one of asked) {
      const { scenario, verdict } = one;
      if (scenario.id === FRESH_DESTINATION && taken.has(placeOf(one)) && deniesRelaying(verdict))
        this.#denials.set(placeOf(one), verdict.reply === null ? verdict.reason : replyText(verdict.reply));
    }
  }

  /** The verdict, or that nobody can tell where the session asked for the destination that the server knows. */
  settle(asked: Asked, outsideDomain: string): Verdict {
    const denial = this.#denials.get(placeOf(asked));
    if (denial === undefined || !isTaken(asked.verdict) || !namesAsRecipient(asked.transcript, outsideDomain))
      return asked.verdict;
    const known = this.#wholeTopLevel.has(placeOf(asked))
      ? `the server takes mail for every name below .${outsideDomain.slice(outsideDomain.lastIndexOf('.') + 1)}, a fresh one too`
      : `${outsideDomain} is a destination of this server's own`;
    return {
      ...asked.verdict,
      kind: 'inconclusive',
      reason: `${known}, for a domain that nobody knows was denied (${denial}): name another --outside`,
    };
  }
}

function placeOf({ transcript }: Asked): string {
  return `${transcript.vantage} ${transcript.login ?? ''}`;
}

function isTaken({ kind }: Verdict): boolean {
  return kind === 'accepted' || kind === 'relayed' || kind === 'swallowed';
}

/** Where relaying has no words of its own, a denial is one that does not speak of the name: that name was not found, which an open relay may say, too. */
function deniesRelaying({ kind, class: meaning, reply }: Verdict): boolean {
  if (kind !== 'refused') return false;
  if (meaning === 'relay-denied' || meaning === 'authentication-required') return true;
  return (
    meaning === 'recipient-unknown' && reply !== null && !/domain|host|dns|\bmx\b|resol|lookup/i.test(replyText(reply))
  );
}

/** Whether a recipient on the wire holds the domain, however it was disguised in the scenario. */
function namesAsRecipient({ turns }: Pick<Transcript, 'turns'>, domain: string): boolean {
  return turns.some(
    (turn) => turn.kind === 'sent' && /rcpt/i.test(turn.text) && turn.text.toLowerCase().includes(domain.toLowerCase()),
  );
}
