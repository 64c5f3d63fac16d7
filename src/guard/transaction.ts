import { printable } from '../smtp/printable.ts';
import type { Decision } from '../policy/decide.ts';
import type { Envelope } from './delivery.ts';
import type { GuardContext } from './guard-context.ts';
import type { Refusal } from './path-command.ts';
import type { Parameters, SessionFacts } from './session-facts.ts';
import type { Flow } from '../policy/flow.ts';

const FLOW_WORDS: Readonly<Record<Flow, string>> = {
  inbound: 'inbound mail',
  internal: 'internal mail',
  outbound: 'outbound mail',
  relay: 'mail from elsewhere to elsewhere',
};

/** One mail transaction (RFC 5321 §3.3): what was decided on, and what goes on the wire for it. */
export class Transaction {
  readonly #guard: GuardContext;
  #decidedFrom: string | null = null;
  #from = '';
  #to: string[] = [];
  #refused: string[] = [];
  #mailParameters: Parameters = new Map();

  /** @param kept recipients of the transaction before, which only a planted defect brings along */
  constructor(guard: GuardContext, kept: readonly string[] = []) {
    this.#guard = guard;
    this.#to = [...kept];
  }

  /** Whether MAIL was accepted. */
  get open(): boolean {
    return this.#decidedFrom !== null;
  }

  get mailParameters(): Parameters {
    return this.#mailParameters;
  }

  get from(): string {
    return this.#from;
  }

  /** The mailboxes that get the message, in ASCII. */
  get to(): readonly string[] {
    return this.#to;
  }

  get envelope(): Envelope {
    const refused = this.#guard.steps.keepsRefusedRecipients ? this.#refused : [];
    const eightBit = this.#mailParameters.get('BODY')?.toUpperCase() === '8BITMIME';
    return { from: this.#from, to: [...this.#to, ...refused], eightBit };
  }

  /** The reverse-path of MAIL: null when it begins the transaction. */
  begin(path: string, parameters: Parameters): Refusal | null {
    const { steps, policy } = this.#guard;
    const reading = steps.reversePath(path, policy);
    if (reading.kind === 'refused')
      return { code: 553, text: `5.1.7 Malformed or ambiguous reverse-path: ${reading.reason}` };
    this.#decidedFrom = reading.decideOn;
    this.#from = reading.deliverTo[0] ?? '';
    this.#mailParameters = parameters;
    return null;
  }

  /** The forward-path of RCPT: null when the recipient is admitted. A policy that fails admits nobody. */
  admit(path: string, facts: SessionFacts): Refusal | null {
    const { steps, policy, logger } = this.#guard;
    const reading = steps.forwardPath(path, policy);
    if (reading.kind === 'refused')
      return { code: 553, text: `5.1.3 Malformed or ambiguous forward-path: ${reading.reason}` };
    let decision: Decision;
    try {
      const ip = steps.clientAddress(facts);
      if (ip === null || ip === '')
        return { code: 550, text: '5.7.1 Relaying denied: the client address is not known' };
      const request = { ip, login: steps.login(facts), from: this.#decidedFrom ?? '', to: reading.decideOn };
      decision = steps.decide(policy, request, facts);
    } catch (error) {
      logger.warn({ error: printable(String(error)) }, 'the policy could not be asked');
      return { code: 451, text: '4.3.0 The policy could not be asked' };
    }
    if (decision.action === 'accept') {
      this.#to.push(...reading.deliverTo);
      return null;
    }
    this.#refused.push(...reading.deliverTo);
    return this.#refusal(decision);
  }

  /** Plants a hole: whoever was refused becomes a recipient. */
  admitRefused(): void {
    this.#to = [...this.#to, ...this.#refused];
    this.#refused = [];
  }

  #refusal(decision: Decision): Refusal {
    const what = FLOW_WORDS[decision.flow];
    return decision.code === 530 && this.#guard.offersAuth
      ? { code: 530, text: `5.7.0 Authentication required for ${what}` }
      : { code: 550, text: `5.7.1 Relaying denied: ${what} is not for this client` };
  }
}
