import type { CaughtSource } from '../catcher/caught-source.ts';
import type { PreparedAudit, AskingOptions } from '../audit/prepare.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { FailOn } from '../judge/outcome.ts';

/** Everything that a way of watching needs. */
export interface Watcher {
  readonly host: string;
  readonly prepared: PreparedAudit;
  readonly caught: CaughtSource | null;
  readonly options: WatchCommandOptions;
  readonly terminal: Terminal;
}

export interface WatchCommandOptions extends AskingOptions {
  readonly onChange: readonly string[];
  readonly settle: number;
  /** Milliseconds. */
  readonly every?: number | undefined;
  readonly failOn: FailOn;
  readonly screenReader?: true | undefined;
}
