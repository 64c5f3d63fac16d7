import { isOfOutside } from '../judge/caught-meaning.ts';
import { watchLeftMs } from '../judge/observe-run.ts';
import { UNKNOWN_CATCHING, type RunRecord } from '../judge/run-record.ts';
import type { Names } from '../scenario/placeholder.ts';
import { wasTaken, type Transcript } from '../session/transcript.ts';
import type { AuditRequest } from './request.ts';
import { waitForCanaries } from '../catcher/caught-source.ts';

/** Messages without a canary that are kept: they raise a doubt, and hundreds raise no greater one. */
const MOST_UNREAD = 100;

const WATCHING_ON =
  'messages that were taken may still come out, as a control for the outside mailbox took its time, too';

/**
 * Waits for what was taken and may still come out, and after that for as long as the judge needs to believe that it does
 * not come: what mail for the outside mailbox takes is known only once some came out.
 * @param recordOf the run as it would be judged now
 */
export async function watchForCanaries(
  {
    caught,
    waitMs,
    catalogue,
    policy,
    signal,
    onEvent,
  }: Pick<AuditRequest, 'caught' | 'waitMs' | 'catalogue' | 'policy' | 'signal' | 'onEvent'>,
  transcripts: readonly Transcript[],
  recordOf: () => RunRecord,
): Promise<void> {
  if (caught === null) return;
  const awaited = canariesToCome(transcripts);
  await waitForCanaries(caught, awaited, waitMs, signal);
  const milliseconds = watchLeftMs(recordOf(), catalogue, policy);
  if (milliseconds === 0 || signal.aborted) return;
  onEvent({ kind: 'waiting', milliseconds, why: WATCHING_ON });
  await waitForCanaries(caught, awaited, milliseconds, signal);
}

/** Canaries that were taken at end of data and may still come out; a smuggled one where more than one reply was good. */
function canariesToCome(transcripts: readonly Transcript[]): readonly string[] {
  return transcripts.flatMap((transcript) => {
    const { message, canary, smuggled, turns } = transcript;
    const good = turns.filter(
      (turn) => turn.kind === 'received' && turn.stage === 'end-of-data' && turn.reply.code < 400,
    );
    return [
      ...(canary !== null && (wasTaken(transcript) || message.kind === 'unanswered') ? [canary] : []),
      ...(smuggled !== null && good.length > 1 ? [smuggled] : []),
    ];
  });
}

/**
 * What was caught with a canary that this audit signed for the very probe that sent it, or that the run which is resumed
 * had sent; anything else proves nothing.
 */
export function ownCanaries(
  { caught, surroundings, previous }: Pick<AuditRequest, 'caught' | 'surroundings' | 'previous'>,
  transcripts: readonly Transcript[],
): RunRecord['caught'] {
  const probeOf = new Map(
    transcripts.flatMap(({ id, canary, smuggled }) => [canary, smuggled].map((token) => [token, id] as const)),
  );
  const before = new Set(
    previous?.transcripts.flatMap(({ canary, smuggled }) => [canary ?? [], smuggled ?? []].flat()),
  );
  const fresh = (caught?.all() ?? []).filter(({ canary }) => {
    const probe = probeOf.get(canary);
    return canary !== null && probe !== undefined && (before.has(canary) || surroundings.mint.isOwn(canary, probe));
  });
  const known = new Set(previous?.caught.map((one) => JSON.stringify(one)));
  return [...(previous?.caught ?? []), ...fresh.filter((one) => !known.has(JSON.stringify(one)))];
}

/** Messages for the auditor that tell no canary: what wrote them anew may have wrapped one of ours. */
export function unreadMessages({ caught }: AuditRequest, names: Names, since: Date): RunRecord['caught'] {
  return (caught?.all() ?? [])
    .filter(({ canary, to, at }) => canary === null && isOfOutside(to, names) && new Date(at) >= since)
    .slice(0, MOST_UNREAD);
}

/** When the canaries of this audit were seen, and what the catcher says of itself. */
export function catchingOf(
  { caught, surroundings, previous }: Pick<AuditRequest, 'caught' | 'surroundings' | 'previous'>,
  transcripts: readonly Transcript[],
): RunRecord['catching'] {
  if (caught === null) return UNKNOWN_CATCHING;
  const seen = transcripts.flatMap(({ canary }) => {
    const at = canary === null ? null : caught.seenAt(canary);
    return canary === null || at === null ? [] : [[canary, at.toISOString()] as const];
  });
  return {
    faults: caught.faults(),
    seenAt: { ...previous?.catching.seenAt, ...Object.fromEntries(seen) },
    until: surroundings.now().toISOString(),
  };
}
