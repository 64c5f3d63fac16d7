import type { Transcript } from '../session/transcript.ts';

/** A transcript as people read it: `C:` what was sent, `S:` what came back, `*` what happened. */
export function dialogueLines(transcript: Pick<Transcript, 'turns'>): readonly string[] {
  return transcript.turns.flatMap((turn) => {
    if (turn.kind === 'note') return [`*  ${turn.text}`];
    if (turn.kind === 'sent') return [`C: ${turn.text}`];
    const { code, lines } = turn.reply;
    return lines.map((line, index) => `S: ${code}${index < lines.length - 1 ? '-' : ' '}${line}`.trimEnd());
  });
}
