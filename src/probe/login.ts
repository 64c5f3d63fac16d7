import { offeredMechanisms, type Capabilities } from '../smtp/capabilities.ts';
import type { Redactor } from '../smtp/redact.ts';
import type { Reply } from '../smtp/reply-parser.ts';
import { chooseMechanism, cramMd5Response, loginResponses, plainResponse, type Credentials } from '../smtp/sasl.ts';
import { SessionOver, type DialoguePartner } from './dialogue-partner.ts';

/** Proves a login (RFC 4954). Ends the session with `no-login` where the server offers nothing or says no. */
export async function logIn(
  partner: DialoguePartner,
  capabilities: Capabilities,
  credentials: Credentials,
  redactor: Redactor,
  deadlineMs: number,
): Promise<void> {
  const mechanism = chooseMechanism(offeredMechanisms(capabilities));
  if (mechanism === null)
    throw new SessionOver({ kind: 'no-login', detail: 'the server offers no AUTH mechanism that we speak here' });
  const say = (text: string, shown: string): Promise<Reply> => partner.ask({ stage: 'auth', text, shown }, deadlineMs);
  let reply: Reply;
  switch (mechanism) {
    case 'PLAIN':
      reply = await say(`AUTH PLAIN ${plainResponse(credentials)}`, 'AUTH PLAIN [redacted]');
      break;
    case 'LOGIN': {
      const [user, password] = loginResponses(credentials);
      expectChallenge(await say('AUTH LOGIN', 'AUTH LOGIN'));
      expectChallenge(await say(user, '[user]'));
      reply = await say(password, '[redacted]');
      break;
    }
    case 'CRAM-MD5': {
      const challenge = await say('AUTH CRAM-MD5', 'AUTH CRAM-MD5');
      expectChallenge(challenge);
      const response = cramMd5Response(credentials, challenge.lines[0] ?? '');
      redactor.hide(response);
      reply = await say(response, '[redacted]');
      break;
    }
  }
  if (reply.code !== 235) throw new SessionOver(refusedLogin(reply));
}

function expectChallenge(reply: Reply): void {
  if (reply.code !== 334) throw new SessionOver(refusedLogin(reply));
}

function refusedLogin(reply: Reply): { readonly kind: 'no-login'; readonly detail: string } {
  return { kind: 'no-login', detail: `the server refused the login: ${reply.code} ${reply.lines.join(' ')}` };
}
