import type { Store } from '../dashboard/store.ts';
import { dialogueLines } from '../judge/dialogue-text.ts';
import type { FailOn } from '../judge/outcome.ts';
import { clipboardSequence } from './clipboard.ts';
import { readOutputs, writeReports } from '../terminal/outputs.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../document/usage-error.ts';
import type { WatchSession } from './watch-session.ts';
import type { Request } from '../dashboard/pressed.ts';

export interface HandsOptions {
  readonly store: Store;
  readonly session: WatchSession;
  readonly failOn: FailOn;
  readonly terminal: Terminal;
  readonly leave: () => void;
}

/** Does what the keys of the dashboard ask for. */
export class WatchHands {
  readonly #options: HandsOptions;

  constructor(options: HandsOptions) {
    this.#options = options;
  }

  do(request: Request): void {
    const { session, leave } = this.#options;
    switch (request.kind) {
      case 'rerun':
        this.#say(`asking again: ${request.words}`);
        session.ask({ scenarios: request.scenarios, why: `${request.words} again` });
        break;
      case 'rerun-all':
        session.ask({ scenarios: null, why: 'all again' });
        break;
      case 'target':
        session.turnTo(request.host);
        break;
      case 'copy':
        this.#copy(request.turns);
        break;
      case 'export':
        this.#export(request.to);
        break;
      case 'quit':
        leave();
        break;
      case 'interrupt':
        // Like the signal that Ctrl-C is elsewhere, so that the exit code is the same.
        process.kill(process.pid, 'SIGINT');
        break;
    }
  }

  #say(text: string, tone: 'plain' | 'warn' | 'bad' | 'good' = 'plain'): void {
    this.#options.store.dispatch({ kind: 'message', message: { text, tone } });
  }

  #copy(turns: Extract<Request, { kind: 'copy' }>['turns']): void {
    const lines = dialogueLines({ turns });
    const { sequence, cut } = clipboardSequence(`${lines.join('\n')}\n`);
    this.#options.terminal.control(sequence);
    this.#say(`copied ${lines.length} lines${cut ? ', the rest was too long' : ''}`, 'good');
  }

  #export(to: string): void {
    const { session, failOn, terminal } = this.#options;
    const audit = session.lastFinished;
    if (audit === null) {
      this.#say('there is no finished audit to write yet', 'warn');
      return;
    }
    try {
      const { format, file, beside } = readOutputs('text', [to]);
      const [output = { format, file: file ?? to }] = beside;
      const [failure] = writeReports([audit], { ...output, beside: [] }, failOn, terminal);
      if (failure === undefined) this.#say(`written to ${output.file}`, 'good');
      else this.#say(failure, 'bad');
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#say(error.message, 'bad');
    }
  }
}
