import { openDialogue } from './smtp-dialogue.ts';
import type { DialogueTarget } from './smtp-dialogue.ts';

/** The step of a mail transaction that decided, and the reply code there; `end-of-data` with a 250 is an acceptance. */
export interface SendOutcome {
  readonly stage: 'greeting' | 'helo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'end-of-data';
  readonly code: number;
}

export interface OutgoingMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly login?: { readonly user: string; readonly password: string };
  readonly body?: string;
}

/**
 * Sends one message to the end or to the first refusal: the recipient that is refused counts, even where others were
 * accepted. Addresses stand without angle brackets and are sent as they are.
 */
export async function sendMessage(target: DialogueTarget, message: OutgoingMessage): Promise<SendOutcome> {
  const dialogue = await openDialogue(target);
  try {
    let outcome: SendOutcome = { stage: 'greeting', code: dialogue.greeting.code };
    for (const [stage, line, expected] of steps(message)) {
      if (outcome.code >= 400 || outcome.code === 0) {
        return outcome;
      }
      const { code } = await dialogue.send(line);
      outcome = { stage, code };
      if (code < 400 && code !== expected) {
        throw new Error(`${line} was answered with ${code}`);
      }
    }
    return outcome;
  } finally {
    dialogue.close();
  }
}

function steps(message: OutgoingMessage): readonly (readonly [SendOutcome['stage'], string, number])[] {
  const { from, to, login, body = 'Subject: a test\r\n\r\nA message of the test suite.' } = message;
  const plain = login === undefined ? '' : Buffer.from(`\0${login.user}\0${login.password}`).toString('base64');
  return [
    ['helo', 'EHLO client.test', 250],
    ...(login === undefined ? [] : ([['auth', `AUTH PLAIN ${plain}`, 235]] as const)),
    ['mail', `MAIL FROM:<${from}>`, 250],
    ...to.map((recipient) => ['rcpt', `RCPT TO:<${recipient}>`, 250] as const),
    ['data', 'DATA', 354],
    ['end-of-data', `${body}\r\n.`, 250],
  ];
}
