import { createRedactor } from '../smtp/redact.ts';
import type { Probe } from '../session/plan.ts';
import type { SessionEnd, Transcript } from '../session/transcript.ts';
import { vantageLabel } from '../session/vantage.ts';
import { Connection, type Opened } from './connection.ts';
import { DialoguePartner, SessionOver } from './dialogue-partner.ts';
import { sayGoodbye } from './farewell.ts';
import { introduce } from './introduction.ts';
import { proxyHeader } from './proxy-header.ts';
import { Recorder } from './recorder.ts';
import { runScript } from './script-runner.ts';
import type { Session } from './session.ts';
import type { SessionOptions } from './session-options.ts';

/** Runs one session. Never throws for anything that the target does; what is wrong with us is thrown. */
export async function runSession(probe: Probe, options: SessionOptions): Promise<Transcript> {
  const startedAt = options.now().toISOString();
  const begun = options.monotonic();
  const elapsed = (): number => Math.round(options.monotonic() - begun);
  const redactor = createRedactor(options.secrets);
  const recorder = new Recorder(redactor, elapsed, (turn) => options.onTurn(probe, turn));
  const canary = options.canaryFor(probe);
  const opened = await Connection.open(connectionOptions(probe, options));
  let end = failureToOpen(opened, options);
  let localAddress: string | null = null;
  if (opened.kind === 'open') {
    const { connection } = opened;
    ({ localAddress } = connection);
    recorder.note(
      `connected to ${options.target.address} port ${options.target.port} as ${vantageLabel(probe.vantage)}`,
    );
    const partner = new DialoguePartner(connection, recorder, () => options.deadlines.session - elapsed());
    const trust = { verified: false };
    const session = { probe, options, connection, partner, recorder, redactor, canary, trust };
    end = await sayGoodbye(session, await converse(session));
    connection.close();
  }
  return {
    id: probe.id,
    scenario: probe.script.scenario,
    vantage: vantageLabel(probe.vantage),
    login: probe.login,
    variant: probe.script.variant ?? null,
    startedAt,
    localAddress,
    turns: recorder.turns,
    asked: recorder.asked,
    message: recorder.message,
    canary: recorder.message.kind === 'not-sent' ? null : (canary?.token ?? null),
    smuggled: recorder.smuggled ? (canary?.smuggled?.token ?? null) : null,
    silent: recorder.silent,
    end: end ?? { kind: 'completed' },
    durationMs: elapsed(),
  };
}

async function converse(session: Session): Promise<SessionEnd> {
  try {
    await introduce(session);
    await runScript(session);
    return { kind: 'completed' };
  } catch (error) {
    if (error instanceof SessionOver) return error.end;
    throw error;
  }
}

function failureToOpen(opened: Opened, options: SessionOptions): SessionEnd | null {
  if (opened.kind === 'open') return null;
  if (opened.kind === 'aborted') return { kind: 'aborted' };
  return { kind: 'unreachable', detail: `${options.target.address} port ${options.target.port}: ${opened.detail}` };
}

function connectionOptions(
  { vantage, script }: Probe,
  { target, deadlines, scope, signal }: SessionOptions,
): Parameters<typeof Connection.open>[0] {
  const preface =
    vantage.kind === 'proxy'
      ? proxyHeader(vantage.version, {
          source: vantage.address,
          destination: target.address,
          destinationPort: target.port,
        })
      : null;
  return {
    address: target.address,
    port: target.port,
    localAddress: vantage.kind === 'bind' ? vantage.address : null,
    preface,
    // Who talks before the banner must do so at once: behind a proxy, in the segment of its header.
    holdPreface: script.begins === 'connected' && (script.steps[0]?.send.length ?? 0) > 0,
    scope,
    connectMs: deadlines.connect,
    writeMs: deadlines.write,
    signal,
  };
}
