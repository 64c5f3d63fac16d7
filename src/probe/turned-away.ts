import type { Transcript } from '../session/transcript.ts';

/** Whether the server let the session not even say its name: as it does with the fifth connection where it takes four. */
export function wasTurnedAway({ end }: Transcript): boolean {
  switch (end.kind) {
    case 'unreachable':
      return true;
    case 'closed':
    case 'timed-out':
      return end.stage === 'connect' || end.stage === 'banner';
    case 'diverged':
      return end.stage === 'banner' || (end.stage === 'ehlo' && end.reply.code === 421);
    default:
      return false;
  }
}
