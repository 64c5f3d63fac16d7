import { mailDataBytes, commandBytes } from '../smtp/command.ts';
import { escapedBytes, expandRepeats } from '../smtp/escaped-text.ts';
import { canaryMessage } from './canary-message.ts';
import { OutgoingGate } from './outgoing-gate.ts';
import { freshNeighbour, isReservedDomain, type RecipientScope } from './recipients.ts';
import type { Script, ScriptOutgoing } from './script.ts';

/** As many as the gate looks at of a character that is repeated. */
const MOST_REPEATS = 400;
const EPOCH = 'Thu, 01 Jan 1970 00:00:00 +0000';

type Written = Pick<Script, 'steps' | 'message'> & Partial<Pick<Script, 'helo' | 'scenario'>>;

/**
 * The names in the first write of a script that the gate before the wire would refuse: what it asks there, asked before
 * the session. Empty where the session may be run.
 */
export function scriptOutOfScope(script: Written, scope: RecipientScope): readonly string[] {
  const gate = new OutgoingGate(scope);
  const greeting = typeof script.helo === 'string' ? [commandBytes(`EHLO ${script.helo}`)] : [];
  const writes = [
    ...greeting,
    ...script.steps.map(({ send }) => Buffer.concat(send.map((sent) => bytesOf(sent, script, scope)))),
  ];
  for (const bytes of writes) {
    const names = gate.refuse(bytes);
    if (names.length > 0) return names;
  }
  // Where the question is accepted the message follows, whether the script says so or not.
  return gate.refuse(messageBytes(script, scope));
}

/**
 * Whether a script asks for the fresh name in a public top-level domain. Nobody has that name today; a message for it would
 * go to whoever registers it while it waits in a queue.
 */
export function asksForUnregisteredName({ steps }: Pick<Script, 'steps'>, scope: RecipientScope): boolean {
  const fresh = freshNeighbour(scope);
  if (fresh === null || isReservedDomain(fresh)) return false;
  return steps.some(({ send }) => send.some((sent) => 'text' in sent && sent.text.toLowerCase().includes(`@${fresh}`)));
}

function bytesOf(sent: ScriptOutgoing, script: Written, scope: RecipientScope): Buffer {
  switch (sent.kind) {
    case 'line':
      return commandBytes(expandRepeats(sent.text, MOST_REPEATS));
    case 'raw':
      return escapedBytes(sent.text, MOST_REPEATS);
    case 'tls':
      return Buffer.alloc(0);
    default:
      return messageBytes(script, scope);
  }
}

/** The canary of a probe that nobody has planned yet. */
function messageBytes({ message, scenario }: Written, scope: RecipientScope): Buffer {
  const note = {
    token: 'rp1-not-sent',
    scenario: scenario ?? '',
    target: '',
    from: scope.outside,
    to: scope.outside,
    authorizedBy: null,
    date: EPOCH,
  };
  return mailDataBytes(canaryMessage(note, message ?? null));
}
