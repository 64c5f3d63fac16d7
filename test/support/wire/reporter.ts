import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Reporter } from 'vitest/node';
import type { WireCount } from './read-recipients.ts';
import { sum } from './record-wire.ts';

/** A file for the counts of one run, to which any process of it may write, whoever runs it. */
export function wireRecordFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'relayproof-wire-'));
  const file = join(folder, 'counts.ndjson');
  writeFileSync(file, '');
  chmodSync(folder, 0o755);
  chmodSync(file, 0o666);
  return file;
}

/** Says at the end of a run what all its processes sent, and fails the run where a recipient was out of scope. */
export function wireReporter(file: string): Reporter {
  return {
    onTestRunEnd: () => {
      const lines = readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const { commands, recipients, outOfScope } = sum(lines.map((line): WireCount => JSON.parse(line)));
      process.stderr.write(
        `WIRE: ${commands} commands seen, ${recipients} recipients, ${outOfScope.length} out of scope\n`,
      );
      for (const text of outOfScope.slice(0, 20)) process.stderr.write(`WIRE: out of scope: ${JSON.stringify(text)}\n`);
      if (outOfScope.length > 0) process.exitCode = 1;
      rmSync(dirname(file), { recursive: true, force: true });
    },
  };
}
