import { startGuard } from '../guard/guard.ts';
import { UNMETERED } from '../guard/limits.ts';
import { hashPassword } from '../policy/password-hash.ts';
import type { Witness } from '../policy/open-relay.ts';
import { policyFromSettings, type Policy } from '../policy/policy.ts';
import { DEFAULT_DEADLINES } from '../probe/deadlines.ts';
import type { SessionOptions } from '../probe/session-options.ts';
import { runSession } from '../probe/session-runner.ts';
import type { Script } from '../session/script.ts';
import type { Transcript } from '../session/transcript.ts';

export type WitnessAnswer = 'accepted' | 'refused' | 'no answer';

const LOOPBACK = '127.0.0.1';
/** The login lives as long as the guard; its hash need not be strong. */
const PASSWORD = 'of-this-run-only';
const QUICK_HASH = { N: 2, r: 1, p: 1 };

/** Asks a guard under a policy whether it takes each of these requests at RCPT. No message is sent. */
export async function askWitnesses(
  policy: Policy,
  witnesses: readonly Witness[],
  signal: AbortSignal,
): Promise<readonly WitnessAnswer[]> {
  const users = [...new Set(witnesses.flatMap(({ login }) => login ?? []))];
  const passwordHash = await hashPassword(PASSWORD, QUICK_HASH);
  const logins = [
    ...policy.settings.logins.filter(({ user }) => !users.includes(user)),
    ...users.map((user) => ({ user, passwordHash })),
  ];
  const guard = await startGuard({
    policy: policyFromSettings({ ...policy.settings, logins }),
    listen: { host: LOOPBACK, port: 0 },
    // Nothing gets that far: the question ends at RCPT.
    nextHop: () => Promise.resolve({ kind: 'failed', reason: 'no message is expected' }),
    trustProxyFrom: [LOOPBACK],
    allowInsecureAuth: true,
    limits: UNMETERED,
  });
  try {
    return await Promise.all(witnesses.map((witness) => askWitness(witness, policy, guard.port, signal)));
  } finally {
    await guard.close();
  }
}

async function askWitness(witness: Witness, policy: Policy, port: number, signal: AbortSignal): Promise<WitnessAnswer> {
  const { ip, login } = witness;
  const probe = {
    id: `${ip} ${login ?? ''} ${witness.from} ${witness.to}`,
    script: scriptOf(witness),
    vantage: { kind: 'proxy', address: ip, version: 1 },
    login,
  } as const;
  return answerOf(await runSession(probe, sessionOptions(login, policy, port, signal)));
}

function scriptOf({ from, to }: Witness): Script {
  const ask = (text: string): Script['steps'][number] => ({
    send: [{ kind: 'line', text }],
    replies: [{ kind: 'question', goOn: false }],
  });
  return {
    scenario: 'witness',
    helo: 'client.sender.test',
    steps: [ask(`MAIL FROM:<${from}>`), ask(`RCPT TO:<${to}>`)],
    needs: [],
  };
}

function sessionOptions(login: string | null, policy: Policy, port: number, signal: AbortSignal): SessionOptions {
  const credentials = login === null ? null : { user: login, password: PASSWORD };
  return {
    target: { address: LOOPBACK, port, name: LOOPBACK },
    tls: 'off',
    tlsCa: null,
    credentials,
    secrets: credentials === null ? [] : [credentials],
    insecureLogin: true,
    canaryFor: () => null,
    scope: { ownDomains: policy.settings.domains, outside: 'recipient@elsewhere.test', targetNames: [] },
    deadlines: DEFAULT_DEADLINES,
    refusalMs: 0,
    signal,
    monotonic: () => performance.now(),
    now: () => new Date(),
    onTurn: () => undefined,
  };
}

function answerOf({ asked, end }: Transcript): WitnessAnswer {
  const last = asked.at(-1);
  if (last === undefined || end.kind !== 'completed') return 'no answer';
  return last.reply.code < 400 ? 'accepted' : 'refused';
}
