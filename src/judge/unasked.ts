import type { Audit, AuditResult } from './audit.ts';
import { PLAIN_EQUIVALENT } from './plain-equivalent.ts';

/** A sender that the server does not know: another one of the same domain may be taken. */
const UNKNOWN_SENDER = /unknown|not exist|n't exist|not found|no such/i;

/**
 * Plain questions about mail that leaves which were never answered, a sentence each: whatever the tricks on top of them
 * came to, without these nobody knows.
 */
export function unaskedQuestions({ results }: Pick<Audit, 'results'>): readonly string[] {
  return [...new Set(results.flatMap((result) => unasked(result) ?? []))];
}

function unasked({ scenario, verdict, reply, vantage, reason }: AuditResult): string | null {
  const isRelay = scenario === PLAIN_EQUIVALENT.relay;
  if (!isRelay && scenario !== PLAIN_EQUIVALENT.outbound) return null;
  if (verdict === 'deferred') return `${scenario} from ${vantage} was put off every time: ${reason}`;
  if (verdict !== 'masked') return null;
  if (isRelay)
    return `${scenario} from ${vantage} was refused for another reason than relaying, try another --from: ${reason}`;
  // A server that takes no sender of its own domain from strangers sends none out, either.
  return UNKNOWN_SENDER.test(reply ?? '')
    ? `${scenario} from ${vantage} was refused for its sender, name one that exists with --own-user: ${reason}`
    : null;
}

/** What a server that is closed was not asked, for want of a name that only the operator can tell; empty where it was asked all. */
export function unfilledQuestions({ unfilled }: Pick<Audit, 'unfilled'>): string {
  return unfilled.length === 0 ? '' : `; not asked without --fill: ${unfilled.join(', ')}`;
}
