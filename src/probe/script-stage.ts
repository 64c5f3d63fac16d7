import { commandVerb } from '../smtp/command.ts';
import { escapedBytes } from '../smtp/escaped-text.ts';
import type { ScriptOutgoing } from '../session/script.ts';
import type { Stage } from '../session/transcript.ts';

const STAGE_OF_VERB: Readonly<Record<string, Stage>> = {
  HELO: 'ehlo',
  EHLO: 'ehlo',
  STARTTLS: 'starttls',
  AUTH: 'auth',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'data',
  // A chunk comes with its command and is answered like the end of data (RFC 3030 §2).
  BDAT: 'end-of-data',
  RSET: 'reset',
  QUIT: 'quit',
};

/** Bytes of raw text in which a verb is looked for. */
const LOOKED_AT = 64;

/** In which stage each thing of a write is sent. @param before the stage of what was sent last */
export function stagesOf(sent: readonly ScriptOutgoing[], before: Stage): readonly Stage[] {
  const stages: Stage[] = [];
  for (const outgoing of sent) stages.push(stageOf(outgoing, stages.at(-1) ?? before));
  return stages;
}

function stageOf(sent: ScriptOutgoing, before: Stage): Stage {
  switch (sent.kind) {
    case 'message':
    case 'message-text':
    case 'smuggled':
      return 'end-of-data';
    case 'tls':
      // What comes after the handshake answers nothing that was sent.
      return 'other';
    case 'line':
      // A line inside an AUTH exchange is no command.
      return STAGE_OF_VERB[commandVerb(sent.text)] ?? (before === 'auth' ? 'auth' : 'other');
    case 'raw': {
      const inData = before === 'data' || before === 'end-of-data';
      const verb = commandVerb(beginOf(inData ? sent.text : lastLineOf(sent.text)));
      return STAGE_OF_VERB[verb] ?? (inData ? 'end-of-data' : before === 'auth' ? 'auth' : 'other');
    }
  }
}

function beginOf(text: string): string {
  return escapedBytes(text.slice(0, LOOKED_AT), LOOKED_AT).toString('latin1');
}

/** Of several commands in one text, the last is the one that the last reply answers. Line ends are written as escapes. */
function lastLineOf(text: string): string {
  return text.split(/\\[rn]/).findLast((line) => line !== '') ?? '';
}
