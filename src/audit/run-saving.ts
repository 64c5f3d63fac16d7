import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpointName, type RunRecord } from '../judge/judge-audit.ts';
import type { RunEvent } from '../probe/audit-run.ts';
import type { PlannedRun } from './request.ts';
import type { RunJournal } from './run-journal.ts';
import { beginJournal, loadRun, saveRun } from './saved-run.ts';
import type { TargetEndpoint } from '../target/find-targets.ts';
import { UsageError } from '../document/usage-error.ts';

type Endpoint = Pick<TargetEndpoint, 'host' | 'address' | 'port'>;

/** What `--save` and `--resume` have for one endpoint. */
interface SavedEndpoint {
  readonly previous: RunRecord | null;
  readonly planned: (planned: PlannedRun) => void;
  readonly take: (event: RunEvent) => void;
}

/** Keeps the runs of one command: journals while they go on, files when they are over. */
export class RunSaving {
  readonly #options: { readonly save?: string | undefined; readonly resume?: string | undefined };
  readonly #say: (line: string) => void;
  readonly #journals = new Map<string, RunJournal>();
  readonly #previous = new Map<string, RunRecord>();
  readonly #failures: string[] = [];

  constructor(
    options: { readonly save?: string | undefined; readonly resume?: string | undefined },
    say: (line: string) => void,
  ) {
    this.#options = options;
    this.#say = say;
  }

  /** Runs that could not be saved, a sentence each. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Reads what is resumed and begins a journal of every endpoint, before anything is asked. @throws UsageError */
  begin(endpoints: readonly Endpoint[]): void {
    const { save, resume } = this.#options;
    for (const endpoint of endpoints) {
      const { runs, notices } = resume === undefined ? { runs: [], notices: [] } : loadRun(resume, endpoint);
      for (const notice of notices) this.#say(`relayproof: ${notice}`);
      for (const run of runs) this.#previous.set(endpointName(endpoint), run);
      if (save !== undefined && !this.#journals.has(endpointName(endpoint)))
        this.#journals.set(endpointName(endpoint), beginJournal(save, endpoint, this.#say));
    }
  }

  of(endpoint: Endpoint): SavedEndpoint {
    const journal = this.#journals.get(endpointName(endpoint));
    return {
      previous: this.#previous.get(endpointName(endpoint)) ?? null,
      planned: (planned) => journal?.planned(planned),
      take: (event) => journal?.take(event),
    };
  }

  /** Saves a run that is over; where that fails its journal stays. */
  keep(record: RunRecord): void {
    if (this.#options.save === undefined) return;
    try {
      saveRun(this.#options.save, record);
      this.#journals.get(endpointName(record.target))?.remove();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#failures.push(error.message);
    }
  }

  /** Says where a run is that could not be judged; one that nobody asked to save is saved now. */
  keepBroken(record: RunRecord): void {
    const folder = this.#options.save ?? mkdtempSync(join(tmpdir(), 'relayproof-'));
    const file = saveRun(folder, record);
    this.#say(`relayproof: what was asked and answered is kept in ${file}: \`relayproof judge\` reads it`);
  }

  /** Removes journals that hold nothing; one that holds something stays and is said. */
  end(): void {
    for (const journal of this.#journals.values()) {
      if (journal.hasSessions) {
        journal.close();
        this.#say(`relayproof: what was asked and answered is kept in ${journal.file}: --resume goes on from there`);
      } else journal.remove();
    }
  }
}
