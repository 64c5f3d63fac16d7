import type { SocketServer } from '../support/socket-server.ts';
import { startUnixService } from './unix-service.ts';

/** Which logins are right: passwords by user name, or every password of every user. */
export type Accounts = Readonly<Record<string, string>> | 'any';

export interface LoginAttempt {
  readonly user: string;
  readonly accepted: boolean;
}

export interface LoginService extends SocketServer {
  /** Every login that was tried to its end, in order. */
  readonly attempts: () => readonly LoginAttempt[];
}

const GREETING = [
  'VERSION\t1\t1',
  'MECH\tPLAIN\tplaintext',
  'MECH\tLOGIN\tplaintext',
  'SPID\t1',
  'CUID\t1',
  'COOKIE\t00',
  'DONE\n',
].join('\n');

/**
 * Answers Postfix's SASL questions in the Dovecot authentication protocol (version 1.1), so that no SASL daemon needs to
 * be installed. Mechanisms PLAIN (RFC 4616) and LOGIN.
 */
export async function startLoginService(path: string, accounts: Accounts): Promise<LoginService> {
  const attempts: LoginAttempt[] = [];
  const service = await startUnixService(path, '\n', GREETING, () => {
    const unfinished = new Map<string, readonly string[]>();
    const proceed = (id: string, mechanism: string, responses: readonly string[]): string => {
      const step = mechanism === 'PLAIN' ? plainStep(responses) : loginStep(responses);
      if (step.kind === 'prompt') {
        unfinished.set(id, [mechanism, ...responses]);
        return `CONT\t${id}\t${Buffer.from(step.text).toString('base64')}\n`;
      }
      const accepted = accounts === 'any' || accounts[step.user] === step.password;
      attempts.push({ user: step.user, accepted });
      return `${accepted ? 'OK' : 'FAIL'}\t${id}\tuser=${step.user}\n`;
    };
    return (line) => {
      const [verb, id = '', first = '', ...rest] = line.split('\t');
      if (verb === 'AUTH') {
        const initial = rest.find((field) => field.startsWith('resp='))?.slice('resp='.length);
        return proceed(id, first, initial === undefined ? [] : [decode(initial)]);
      }
      if (verb === 'CONT') {
        const [mechanism = '', ...earlier] = unfinished.get(id) ?? [];
        return proceed(id, mechanism, [...earlier, decode(first)]);
      }
      return '';
    };
  });
  return { ...service, attempts: () => [...attempts] };
}

type SaslStep =
  | { readonly kind: 'prompt'; readonly text: string }
  | { readonly kind: 'whole'; readonly user: string; readonly password: string };

function plainStep(responses: readonly string[]): SaslStep {
  const [message] = responses;
  if (message === undefined) {
    return { kind: 'prompt', text: '' };
  }
  const [, user = '', password = ''] = message.split('\0');
  return { kind: 'whole', user, password };
}

function loginStep(responses: readonly string[]): SaslStep {
  const [user, password] = responses;
  if (user === undefined) {
    return { kind: 'prompt', text: 'Username:' };
  }
  return password === undefined ? { kind: 'prompt', text: 'Password:' } : { kind: 'whole', user, password };
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
