import { mailDataBytes } from '../smtp/command.ts';
import { fitsCodes } from '../smtp/reply-code.ts';
import type { Reply } from '../smtp/reply-parser.ts';
import { endsMailData, sendsMessage } from '../session/message-end.ts';
import type { ReplyPattern, ScriptStep } from '../session/script.ts';
import { isAcceptance, type Asked, type Stage } from '../session/transcript.ts';
import { batchOf } from './batch.ts';
import { quietMs, type Deadlines } from './deadlines.ts';
import { SessionOver } from './dialogue-partner.ts';
import { owedReplies } from './owed-replies.ts';
import { stagesOf } from './script-stage.ts';
import type { Session } from './session.ts';
import { secure } from './tls-upgrade.ts';

/** What the question has come to so far. */
interface Progress {
  /** Recipients that the server holds in the running transaction. */
  recipients: number;
  /** Whether the question was answered with a refusal that ends the script. */
  refused: boolean;
  /** Whether commands of the last write were not answered yet. */
  owesMore: boolean;
  stage: Stage;
  /** Whether the server has said that it takes mail data now (354). */
  inData: boolean;
}

/** Runs the steps of the script and, where the question was accepted and a canary may be sent, the message. */
export async function runScript(session: Session): Promise<void> {
  withholdMessage(session, sendsMessage(session.probe.script));
  const progress: Progress = { recipients: 0, refused: false, owesMore: false, stage: 'ehlo', inData: false };
  for (const step of session.probe.script.steps) {
    await runStep(session, step, progress);
    if (progress.refused) return;
  }
  const { canary, recorder } = session;
  if (canary !== null && progress.recipients > 0 && recorder.message.kind !== 'unanswered') await sendCanary(session);
}

async function runStep(session: Session, step: ScriptStep, progress: Progress): Promise<void> {
  const stages = stagesOf(step.send, progress.stage);
  const owed = owedReplies(step.send, progress.stage) + (isOwedBanner(session) ? 1 : 0);
  progress.stage = stages.at(-1) ?? progress.stage;
  if (step.send.some(({ kind }) => kind === 'tls')) await secure(session, progress.owesMore);
  else if (step.send.length > 0) await send(session, step, stages, progress);
  progress.owesMore = step.replies.length < owed;
  for (const [index, pattern] of step.replies.entries()) {
    const stage = stages[index] ?? stages.at(-1) ?? 'banner';
    if (pattern.kind === 'quiet' || pattern.kind === 'quiet-question') {
      await readAll(session, pattern, stages.includes('end-of-data') ? 'end-of-data' : stage, owed - index, progress);
      continue;
    }
    const reply = await readReply(session, stage);
    countRecipients(progress, stage, reply);
    judgeReply(session, pattern, stage, reply, progress);
    // The answers to what was pipelined behind a refusal are still on their way and have to be read.
  }
}

/** A script that talks before the banner is greeted like any other. */
function isOwedBanner({ probe, partner }: Session): boolean {
  return probe.script.begins === 'connected' && partner.lastCode === null;
}

async function send(
  session: Session,
  { send: sent }: ScriptStep,
  stages: readonly Stage[],
  { inData }: Progress,
): Promise<void> {
  const { partner, recorder } = session;
  const pieces = batchOf(session, sent, stages);
  withholdMessage(session, inData && endsMailData(Buffer.concat(pieces.map(({ bytes }) => bytes))));
  await partner.sendPieces(pieces, () => {
    if (sent.some(({ kind }) => kind === 'message' || kind === 'message-text'))
      recorder.message = { kind: 'unanswered' };
    recorder.smuggled ||= sent.some(({ kind }) => kind === 'smuggled');
  });
}

/** However many replies come until silence; where they are the answer to the question, the last of them is it. */
async function readAll(
  session: Session,
  pattern: ReplyPattern,
  stage: Stage,
  owed: number,
  progress: Progress,
): Promise<void> {
  const { partner, options, recorder } = session;
  const slowestMs = Math.max(partner.slowestMs, options.refusalMs);
  const { replies, end } = await partner.readUntilQuiet(stage, {
    quietMs: quietMs(options.deadlines, options.target.address, slowestMs),
    owed,
    owedMs: isOwedBanner(session) ? options.deadlines.banner : patienceFor(stage, options.deadlines),
  });
  for (const reply of replies) {
    if (stage === 'end-of-data') endMessage(session, reply);
    countRecipients(progress, stage, reply);
  }
  if (pattern.kind === 'quiet-question') {
    const last = replies.at(-1);
    // The reply to an earlier command is no answer to the last one. Who refuses and hangs up has answered all of them.
    const isAnswer = last !== undefined && (replies.length >= owed || (end?.kind === 'closed' && last.code >= 400));
    if (isAnswer) ask(session, { stage, reply: last }, false, progress);
    else if (end === null) {
      recorder.silent = true;
      progress.refused = true;
    }
  }
  if (end !== null && !progress.refused) throw new SessionOver(end);
}

function judgeReply(session: Session, pattern: ReplyPattern, stage: Stage, reply: Reply, progress: Progress): void {
  if (pattern.kind === 'codes' && !fitsCodes(reply.code, pattern.codes))
    throw new SessionOver({ kind: 'diverged', stage, reply, wanted: pattern.codes.join(' or ') });
  if (pattern.kind !== 'question' || progress.refused) return;
  const { unsafe } = pattern;
  ask(session, { stage, reply, ...(unsafe === undefined ? {} : { unsafe }) }, pattern.goOn, progress);
}

function ask({ recorder }: Session, asked: Asked, goOn: boolean, progress: Progress): void {
  recorder.asked.push(asked);
  if (!isAcceptance(asked) && !goOn) progress.refused = true;
}

function countRecipients(progress: Progress, stage: Stage, { code }: Reply): void {
  // A transaction is over after its message, taken or not (RFC 5321 §4.1.1.4).
  if (stage === 'end-of-data') progress.recipients = 0;
  if (code === 354) progress.inData = true;
  if (code >= 400) return;
  if (stage === 'rcpt') progress.recipients += 1;
  if (stage === 'mail' || stage === 'reset' || stage === 'ehlo') progress.recipients = 0;
}

async function sendCanary(session: Session): Promise<void> {
  const { partner, options, canary, recorder } = session;
  const go = await partner.ask({ stage: 'data', text: 'DATA' }, options.deadlines.command);
  if (go.code !== 354) {
    if (go.code < 400) throw new SessionOver({ kind: 'diverged', stage: 'data', reply: go, wanted: '354' });
    recorder.message = { kind: 'answered', stage: 'data', reply: go };
    return;
  }
  if (canary === null) throw new Error('a message without leave to prove anything');
  const shown = `[canary message ${canary.token}]`;
  await partner.sendPieces([{ stage: 'end-of-data', shown, bytes: mailDataBytes(canary.lines) }], () => {
    recorder.message = { kind: 'unanswered' };
  });
  await readReply(session, 'end-of-data');
}

async function readReply(session: Session, stage: Stage): Promise<Reply> {
  const reply = await session.partner.read(stage, patienceFor(stage, session.options.deadlines));
  if (stage === 'end-of-data') endMessage(session, reply);
  return reply;
}

function patienceFor(stage: Stage, deadlines: Deadlines): number {
  if (stage === 'end-of-data') return deadlines.endOfData;
  return stage === 'banner' ? deadlines.banner : deadlines.command;
}

/** The first reply behind a message is the answer to it. */
function endMessage({ recorder }: Session, reply: Reply): void {
  if (recorder.message.kind === 'unanswered') recorder.message = { kind: 'answered', stage: 'end-of-data', reply };
}

/** Planning has left such scripts out as well. Without a canary nothing may be sent that a server could take for a message. */
function withholdMessage({ canary, recorder }: Session, couldEndMessage: boolean): void {
  if (canary !== null || !couldEndMessage) return;
  const detail = 'we did not send on: the next bytes could end a message, which is sent with --prove only';
  recorder.note(detail);
  throw new SessionOver({ kind: 'withheld', detail });
}
