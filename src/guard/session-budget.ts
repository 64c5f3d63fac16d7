import type { GuardLimits } from './limits.ts';

/** Commands that move nothing forward; a client needs few of them. */
const IDLE = new Set(['NOOP', 'RSET', 'HELO', 'EHLO', 'VRFY', 'HELP']);

/** Counts what one session has used of its limits. A method that takes something says whether there was any left. */
export class SessionBudget {
  readonly #limits: GuardLimits;
  #commands = 0;
  #idle = 0;
  #errors = 0;
  #messages = 0;
  #authFailures = 0;

  constructor(limits: GuardLimits) {
    this.#limits = limits;
  }

  takeCommand(verb: string): boolean {
    this.#commands += 1;
    if (IDLE.has(verb)) this.#idle += 1;
    return this.#commands <= this.#limits.commandsPerSession && this.#idle <= this.#limits.idleCommandsPerSession;
  }

  takeError(): boolean {
    this.#errors += 1;
    return this.#errors <= this.#limits.errorsPerSession;
  }

  takeMessage(): boolean {
    this.#messages += 1;
    return this.#messages <= this.#limits.messagesPerSession;
  }

  /** False for the failure that reaches the limit: the session ends with it and not with a next one. */
  takeAuthFailure(): boolean {
    this.#authFailures += 1;
    return this.#authFailures < this.#limits.authFailuresPerSession;
  }
}
