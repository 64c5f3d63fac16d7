import { commandVerb, mailDataBytes } from '../smtp/command.ts';
import type { Reply } from '../smtp/reply-parser.ts';
import { fitsCodes, type ReplyPattern } from '../scenario/dialogue.ts';
import { recipientsOutOfScope } from '../session/recipients.ts';
import type { ScriptOutgoing, ScriptStep } from '../session/script.ts';
import type { Stage } from '../session/transcript.ts';
import { SessionOver, type Command } from './dialogue-partner.ts';
import type { Session } from './session.ts';

const STAGE_OF_VERB: Readonly<Record<string, Stage>> = {
  HELO: 'ehlo',
  EHLO: 'ehlo',
  STARTTLS: 'starttls',
  AUTH: 'auth',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'data',
  RSET: 'reset',
  QUIT: 'quit',
};

/** What the question has come to so far. */
interface Progress {
  /** Recipients that the server holds in the running transaction. */
  recipients: number;
  /** Whether the question was answered with a refusal that ends the script. */
  refused: boolean;
  stage: Stage;
}

/** Runs the steps of the script and, where the question was accepted and a canary may be sent, the message. */
export async function runScript(session: Session): Promise<void> {
  const { script } = session.probe;
  const progress: Progress = { recipients: 0, refused: false, stage: 'ehlo' };
  for (const step of script.steps) {
    await runStep(session, step, progress);
    if (progress.refused) return;
  }
  if (session.canary !== null && progress.recipients > 0) await sendCanary(session);
}

async function runStep(session: Session, step: ScriptStep, progress: Progress): Promise<void> {
  const stages = step.send.map((sent) => stageOf(sent, progress.stage));
  progress.stage = stages.at(-1) ?? progress.stage;
  await send(session, step.send, stages);
  for (const [index, pattern] of step.replies.entries()) {
    const stage = stages[index] ?? 'other';
    const reply = await readReply(session, stage);
    countRecipients(progress, stage, reply);
    judgeReply(session, pattern, stage, reply, progress);
    // The answers to what was pipelined behind a refusal are still on their way and have to be read.
  }
}

async function send(session: Session, sent: readonly ScriptOutgoing[], stages: readonly Stage[]): Promise<void> {
  const commands: Command[] = [];
  for (const [index, outgoing] of sent.entries()) {
    if (outgoing.kind === 'message') {
      if (commands.length > 0) await session.partner.send(commands.splice(0));
      await sendMailData(session);
    } else {
      refuseOutOfScope(session, outgoing.text);
      commands.push({ stage: stages[index] ?? 'other', text: outgoing.text });
    }
  }
  if (commands.length > 0) await session.partner.send(commands);
}

function judgeReply(session: Session, pattern: ReplyPattern, stage: Stage, reply: Reply, progress: Progress): void {
  switch (pattern.kind) {
    case 'any':
      return;
    case 'codes':
      if (!fitsCodes(reply.code, pattern.codes)) {
        throw new SessionOver({ kind: 'diverged', stage, reply, wanted: pattern.codes.join(' or ') });
      }
      return;
    case 'question':
      if (progress.refused) return;
      session.recorder.asked.push({ stage, reply });
      if (reply.code >= 400 && !pattern.goOn) progress.refused = true;
  }
}

function countRecipients(progress: Progress, stage: Stage, reply: Reply): void {
  if (reply.code >= 400) return;
  if (stage === 'rcpt') progress.recipients += 1;
  if (stage === 'mail' || stage === 'reset' || stage === 'ehlo' || stage === 'end-of-data') progress.recipients = 0;
}

async function sendCanary(session: Session): Promise<void> {
  const { partner, options } = session;
  const go = await partner.ask({ stage: 'data', text: 'DATA' }, options.deadlines.command);
  if (go.code !== 354) {
    if (go.code < 400) throw new SessionOver({ kind: 'diverged', stage: 'data', reply: go, wanted: '354' });
    session.recorder.message = { kind: 'answered', stage: 'data', reply: go };
    return;
  }
  await sendMailData(session);
  await readReply(session, 'end-of-data');
}

async function sendMailData({ canary, partner, recorder }: Session): Promise<void> {
  if (canary === null) throw new Error('a message without leave to prove anything');
  recorder.message = { kind: 'unanswered' };
  await partner.sendData(mailDataBytes(canary.lines), `[canary message ${canary.token}]`);
}

async function readReply({ partner, options, recorder }: Session, stage: Stage): Promise<Reply> {
  const reply = await partner.read(
    stage,
    stage === 'end-of-data' ? options.deadlines.endOfData : options.deadlines.command,
  );
  if (stage === 'end-of-data') recorder.message = { kind: 'answered', stage, reply };
  return reply;
}

function stageOf(sent: ScriptOutgoing, before: Stage): Stage {
  if (sent.kind === 'message') return 'end-of-data';
  // A line inside an AUTH exchange is no command.
  return STAGE_OF_VERB[commandVerb(sent.text)] ?? (before === 'auth' ? 'auth' : 'other');
}

/** Planning has left such scripts out; this is the last gate before the wire. */
function refuseOutOfScope({ options, probe }: Session, text: string): void {
  if (commandVerb(text) !== 'RCPT') return;
  const names = recipientsOutOfScope(text, options.scope);
  if (names.length > 0) throw new Error(`probe ${probe.id} names ${names.join(', ')}, which is nobody's to name`);
}
