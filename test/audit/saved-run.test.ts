import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { runAuditCommand, type AuditCommandOptions } from '../../src/audit/audit-hosts.ts';
import { beginJournal, loadRun, loadRuns, saveRun } from '../../src/audit/saved-run.ts';
import { auditSchema } from '../../src/judge/audit-schema.ts';
import { DEFAULT_DEADLINES } from '../../src/probe/deadlines.ts';
import { folderFor, mainProgram, NODE, runProgram, startProgram } from '../support/program.ts';
import { quietTerminal } from '../support/quiet-terminal.ts';
import { runRecordOf } from '../support/run-records.ts';
import {
  openAnswer,
  soundAnswer,
  startScriptServer,
  type Answer,
  type ScriptServer,
} from '../support/script-server.ts';
import { transcriptOf } from '../support/transcripts.ts';
import { until } from '../support/until.ts';

const ALL = ['--own-domain', 'example.com', '--own-user', 'alice@example.com'];
const QUICK = ['--scenario', 'third-party', ...ALL];
/** Answers all sessions but the first eight, which are the survey, controls and plain questions, so late that there is time to end the process. */
const slow: Answer = (line, session) =>
  session.number > 7 && line.startsWith('MAIL') ? null : soundAnswer(line, session);

/** Is slow until somebody says otherwise. */
function slowAtFirst(): { readonly answer: Answer; readonly hurry: () => void } {
  let answer = slow;
  return { answer: (line, session) => answer(line, session), hurry: () => void (answer = soundAnswer) };
}

async function serve(context: TestContext, answer: Answer): Promise<ScriptServer & { readonly at: string }> {
  const server = await startScriptServer(answer);
  context.onTestFinished(() => server.stop());
  return { ...server, at: `127.0.0.1:${server.port}` };
}

function journalLines(folder: string): readonly string[] {
  const name = readdirSync(folder).find((one) => one.endsWith('.run.ndjson'));
  return name === undefined ? [] : readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
}

/** A run that somebody ended by force after some of its sessions. */
async function killedRun(context: TestContext): Promise<{ readonly folder: string; readonly at: string }> {
  const { answer, hurry } = slowAtFirst();
  const server = await serve(context, answer);
  const folder = join(folderFor(context), 'runs');
  const running = startProgram(['audit', server.at, ...ALL, '--save', folder]);
  await until('sessions in the journal', () => existsSync(folder) && journalLines(folder).length > 5, 20_000);
  running.child.kill('SIGKILL');
  await running.finished;
  hurry();
  return { folder, at: server.at };
}

describe.concurrent('a run that was killed', { timeout: 90_000 }, () => {
  test('is judged as an interrupted one, and taken up by --resume', async (context) => {
    const { folder, at } = await killedRun(context);
    expect(readdirSync(folder)).toHaveLength(1);
    const judged = await runProgram(['judge', folder, '--json']);
    const audit = auditSchema.parse(JSON.parse(judged.stdout));
    expect(audit.interrupted).toBe(true);
    expect(audit.summary.sessions).toBeGreaterThan(2);
    expect(judged.code).toBe(3);

    const [before] = loadRuns(folder).runs;
    const resumed = await runProgram(['audit', at, ...QUICK, '--resume', folder, '--save', folder]);
    expect(resumed.code).not.toBe(70);
    const names = readdirSync(folder);
    expect(names).toHaveLength(1);
    expect(names[0]).toMatch(/\.run\.json$/);
    const [after] = loadRuns(folder).runs;
    const control = before?.transcripts.find(({ end }) => end.kind === 'completed');
    expect(after?.transcripts).toContainEqual(control);
  });

  test('loses no answer to a last line that is cut off, which is said', async (context) => {
    const { folder } = await killedRun(context);
    const [file = ''] = readdirSync(folder).map((name) => join(folder, name));
    const { runs } = loadRuns(folder);
    appendFileSync(file, '{"kind":"session","transcr');
    const torn = loadRuns(folder);
    expect(torn.runs).toEqual(runs);
    expect(torn.notices).toContain(`${file}: the last line is cut off and left out`);
    appendFileSync(file, '\n{"kind":"turned"}\n');
    expect(() => loadRuns(folder)).toThrow(/\.run\.ndjson:\d+: /);
  });
});

describe.concurrent('a run that a signal ends', { timeout: 90_000 }, () => {
  test.for(['SIGHUP', 'SIGQUIT'] as const)(
    'by %s writes report and transcripts and ends as by SIGTERM',
    async (signal, context) => {
      const server = await startScriptServer(slow);
      const folder = folderFor(context);
      const running = startProgram(['audit', `127.0.0.1:${server.port}`, ...ALL, '--json', '--save', folder]);
      await until('sessions', () => server.peers().length >= 9, 20_000);
      running.child.kill(signal);
      const { code, stdout } = await running.finished;
      await server.stop();
      expect(auditSchema.parse(JSON.parse(stdout)).interrupted).toBe(true);
      expect(readdirSync(folder)).toEqual([expect.stringMatching(/\.run\.json$/)]);
      expect(code).toBe(143);
    },
  );
});

describe('a folder of runs', () => {
  const record = runRecordOf({ transcripts: [transcriptOf()] });
  const { target } = record;

  test('takes the runs of one process at a time', (context) => {
    const folder = folderFor(context);
    const journal = beginJournal(folder, target, () => undefined);
    const [name = ''] = readdirSync(folder);
    const line = readFileSync(join(folder, name), 'utf8');
    journal.remove();
    writeFileSync(join(folder, name), line.replace(`"pid":${process.pid}`, `"pid":${process.ppid}`));
    expect(() => beginJournal(folder, target, () => undefined)).toThrow(`process ${process.ppid} on `);
    expect(readdirSync(folder)).toEqual([name]);
  });

  test('gives the later run where a journal stands beside a run file, and keeps both until the next has ended', (context) => {
    const folder = folderFor(context);
    saveRun(folder, record);
    const journal = beginJournal(folder, target, () => undefined);
    const later = [transcriptOf({ scenario: 'internal-colleague' })];
    journal.planned({ probes: [], known: later, recordOf: (soFar) => ({ ...record, ...soFar }) });
    journal.close();
    expect(loadRuns(folder).runs.map(({ transcripts }) => transcripts)).toEqual([later]);
    beginJournal(folder, target, () => undefined).remove();
    expect(loadRun(folder, target).runs.map(({ transcripts }) => transcripts)).toEqual([later]);
  });

  test('gives the run file where the process was ended before it asked anything', (context) => {
    const folder = folderFor(context);
    saveRun(folder, record);
    beginJournal(folder, target, () => undefined).close();
    expect(loadRuns(folder).runs).toEqual([record]);
  });
});

test('a full disk under --save costs neither report nor exit code, and what is missing is said', async (context) => {
  const server = await serve(context, openAnswer);
  const folder = join(folderFor(context), 'runs');
  const limited = ['-c', 'ulimit -f 4; exec "$@"', 'bash', NODE, mainProgram];
  const child = spawn('bash', [...limited, 'audit', server.at, ...QUICK, '--save', folder]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(stdout).toContain('POSSIBLY OPEN');
  expect(stderr).toContain('.run.ndjson: cannot be written: ');
  expect(stderr).toContain('.run.json: cannot be written: ');
  expect(code).toBe(1);
});

describe('a judge that breaks', () => {
  const options: AuditCommandOptions = {
    format: 'text',
    output: [],
    failOn: 'medium',
    ownDomain: ['example.com'],
    ownUser: ['alice@example.com'],
    vantage: [],
    wait: 0,
    scenario: ['third-party'],
    pace: 'normal',
    confirm: [],
    patience: 0,
    deadlines: DEFAULT_DEADLINES,
  };
  const breaks = (): never => {
    throw new Error('a bug of the judge');
  };

  test.each([true, false])('loses no transcript and says where they are (with --save: %s)', async (saves) => {
    const server = await startScriptServer(openAnswer);
    const folder = folderFor();
    const said: string[] = [];
    const terminal = quietTerminal((line) => said.push(line));
    const asked = { ...options, ...(saves ? { save: folder } : {}) };
    const running = runAuditCommand([`127.0.0.1:${server.port}`], asked, terminal, breaks);
    await expect(running).rejects.toThrow('a bug of the judge');
    await server.stop();
    const kept = said.flatMap((line) => /is kept in (\S+\.run\.json):/.exec(line)?.[1] ?? []);
    expect(kept).toHaveLength(1);
    if (saves) expect(kept[0]).toContain(folder);
    expect(loadRuns(kept[0] ?? '').runs[0]?.transcripts.length).toBeGreaterThan(1);
  });
});
