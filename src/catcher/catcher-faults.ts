export type CatcherFault = 'unkept' | 'junk' | 'flood' | 'crowd' | 'cut-off' | 'partly-read' | 'failed' | 'stopped';

/** What each fault says, before its reason and how often it came. */
const WORDS: Readonly<Record<CatcherFault, string>> = {
  unkept: 'Messages answered with 452 because the catcher could not keep them',
  junk: 'Messages without a canary answered with 452 because too many came in an hour',
  flood: 'Messages with a canary answered with 452 because too many came in an hour',
  crowd: 'Connections answered with 421 because too many were open',
  'cut-off': 'Connections closed during a mail transaction to let other clients in',
  'partly-read': 'Messages without a canary in the part that was read, as too many came at once',
  failed: 'Errors of the listener',
  stopped: 'The catcher stopped listening',
};

/** Counts what keeps a catcher from seeing all that is sent to it. */
export class CatcherFaults {
  readonly #faults = new Map<CatcherFault, { readonly count: number; readonly reason: string | null }>();
  readonly #onChange: (faults: readonly string[]) => void;

  constructor(onChange: (faults: readonly string[]) => void) {
    this.#onChange = onChange;
  }

  note(fault: CatcherFault, reason: string | null = null): void {
    this.#faults.set(fault, { count: (this.#faults.get(fault)?.count ?? 0) + 1, reason });
    this.#onChange(this.all());
  }

  /** A sentence each; a count that grows tells that it came again. */
  all(): readonly string[] {
    return [...this.#faults].map(([fault, { count, reason }]) => {
      const words = `${WORDS[fault]}${reason === null ? '' : ` (${reason})`}`;
      return fault === 'stopped' ? words : `${words}: ${count}`;
    });
  }
}
