import type { CaughtSource } from './caught-source.ts';
import type { PreparedAudit } from './prepare-audit.ts';
import type { Terminal } from './terminal.ts';
import type { WatchCommandOptions } from './watch-command.ts';

/** Everything that a way of watching needs. */
export interface Watcher {
  readonly host: string;
  readonly prepared: PreparedAudit;
  readonly caught: CaughtSource | null;
  readonly options: WatchCommandOptions;
  readonly terminal: Terminal;
}
