import type { SessionEnd, Transcript } from '../session/transcript.ts';
import { outOfStep } from './out-of-step.ts';
import type { Verdict } from './verdict.ts';

/** Whether the dialogue broke where a session ended so. */
const IS_BREAK: Readonly<Record<SessionEnd['kind'], boolean>> = {
  completed: false,
  diverged: false,
  'not-offered': false,
  'no-login': false,
  withheld: false,
  'out-of-scope': false,
  aborted: false,
  unreachable: true,
  'timed-out': true,
  closed: true,
  'tls-failed': true,
  garbled: true,
  desync: true,
};

/**
 * Why an acceptance of this run is not believed unless its message came out, or null. Where most sessions broke, the server
 * hardly keeps to the dialogue, and the few good replies that fell into place may be stray ones. A session whose break is
 * itself an answer did not break.
 */
export function brokenRun(
  sessions: readonly { readonly transcript: Transcript; readonly verdict: Verdict }[],
): string | null {
  const broken = sessions.filter(
    ({ transcript, verdict }) =>
      verdict.kind === 'inconclusive' && (IS_BREAK[transcript.end.kind] || outOfStep(transcript) !== null),
  );
  if (2 * broken.length <= sessions.length) return null;
  return `${broken.length} of ${sessions.length} sessions broke, so a good reply may be a stray one, and no message proves it`;
}
