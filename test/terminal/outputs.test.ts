import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { writePrivate } from '../../src/document/files.ts';
import { folderFor, mainProgram, NODE, runProgram } from '../support/program.ts';
import { until } from '../support/until.ts';
import { openAnswer, soundAnswer, startScriptServer, type Answer } from '../support/script-server.ts';

const QUICK = ['--scenario', 'third-party', '--own-domain', 'example.com', '--own-user', 'alice@example.com'];

async function serve(context: TestContext, answer: Answer = soundAnswer) {
  const server = await startScriptServer(answer);
  context.onTestFinished(() => server.stop());
  return { ...server, at: `127.0.0.1:${server.port}` };
}

/** Runs the program with a shell around it, whose words follow `"$@"`. */
function runInShell(
  args: readonly string[],
  tail: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn('bash', ['-c', `set -o pipefail; "$@" ${tail}`, 'bash', NODE, mainProgram, ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

describe.concurrent('a report that cannot be written', { timeout: 90_000 }, () => {
  test('is told on stderr, and neither the report on stdout nor the exit code of findings is lost', async (context) => {
    const server = await serve(context, openAnswer);
    const other = join(folderFor(context), 'audit.html');
    const { code, stdout, stderr } = await runProgram([
      'audit',
      server.at,
      ...QUICK,
      '--output',
      'json=/dev/full',
      '--output',
      `html=${other}`,
    ]);
    expect(stdout).toContain('POSSIBLY OPEN');
    expect(stderr).toMatch(/relayproof: \/dev\/full: cannot be written: .*ENOSPC/);
    expect(readFileSync(other, 'utf8')).toContain('POSSIBLY OPEN');
    expect(code).toBe(1);
  });

  test('makes the exit code of a closed server 2: what was asked for is not there', async (context) => {
    const server = await serve(context);
    const { code, stdout } = await runProgram(['audit', server.at, ...QUICK, '--output', 'sarif=/dev/full']);
    expect(stdout).toContain('CLOSED');
    expect(code).toBe(2);
  });

  test('leaves the exit code of a server that cannot be judged at 3', async (context) => {
    const refusesAll: Answer = (line, session) =>
      line.startsWith('RCPT') ? '554 5.7.1 no' : soundAnswer(line, session);
    const server = await serve(context, refusesAll);
    expect((await runProgram(['audit', server.at, ...QUICK, '--output', 'json=/dev/full'])).code).toBe(3);
  });

  test('is stdout itself: said without a stack, and files are written all the same', async (context) => {
    const [open, sound] = [await serve(context, openAnswer), await serve(context)];
    const json = join(folderFor(context), 'audit.json');
    const found = await runInShell(['audit', open.at, ...QUICK, '--output', `json=${json}`], '> /dev/full');
    expect(found.stderr).toContain('relayproof: stdout: cannot be written: ');
    expect(found.stderr).not.toMatch(/ at .*\.js/);
    expect(existsSync(json)).toBe(true);
    expect(found.code).toBe(1);
    expect((await runInShell(['audit', sound.at, ...QUICK], '> /dev/full')).code).toBe(2);
  });

  test('does not keep a reader who left early from the files', async (context) => {
    const server = await serve(context, openAnswer);
    const html = join(folderFor(context), 'audit.html');
    const args = ['audit', server.at, ...QUICK, '--json', '--output', `html=${html}`];
    const { stderr } = await runInShell(args, '| true');
    expect(stderr).not.toMatch(/EPIPE|bug| at .*\.js/);
    expect(readFileSync(html, 'utf8')).toContain('POSSIBLY OPEN');
  });
});

describe.concurrent('an output or a folder for transcripts that takes nothing', { timeout: 90_000 }, () => {
  test.each([
    ['a file below a file', ['--output', '/etc/passwd/x'], '/etc/passwd'],
    ['a file below a file beside stdout', ['--output', 'json=/etc/passwd/x'], '/etc/passwd'],
    ['a folder', ['--output', '/tmp'], '/tmp: cannot be written'],
    ['a folder of the kernel', ['--save', '/proc/x'], '/proc/x'],
    ['a file instead of a folder', ['--save', '/etc/passwd'], '/etc/passwd'],
  ] as const)('%s is an error of usage before anything is sent', async (_, options, said) => {
    const server = await startScriptServer(soundAnswer);
    const { code, stderr } = await runProgram(['audit', `127.0.0.1:${server.port}`, ...QUICK, ...options]);
    const peers = server.peers();
    await server.stop();
    expect(stderr).toContain(said);
    expect(code).toBe(2);
    expect(peers).toEqual([]);
  });

  test('is an error of usage of `judge` and `report`, too', async (context) => {
    const server = await serve(context);
    const folder = folderFor(context);
    const json = join(folder, 'audit.json');
    await runProgram(['audit', server.at, ...QUICK, '--save', folder, '--output', `json=${json}`]);
    expect((await runProgram(['judge', folder, '--output', '/etc/passwd/x'])).code).toBe(2);
    expect((await runProgram(['report', json, '--output', '/etc/passwd/x'])).code).toBe(2);
  });
});

test('what is left hanging holds up no end, and the exit code stays', async () => {
  const hang = 'import net from "node:net"; net.createServer().listen(0, "127.0.0.1");';
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hang)}` };
  expect((await runProgram(['judge', '/nowhere'], { env })).code).toBe(2);
});

describe('a file for its owner only', () => {
  test('takes the place of the old one in one step, and nothing is left beside it', (context) => {
    const folder = folderFor(context);
    const file = join(folder, 'deep/report.json');
    writePrivate(file, 'old');
    const reader = openSync(file, 'r');
    writePrivate(file, 'new');
    expect(readFileSync(reader, 'utf8')).toBe('old');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['report.json']);
  });

  test('keeps the old text where the new one cannot be written whole', (context) => {
    const folder = folderFor(context);
    const file = join(folder, 'report.json');
    writePrivate(file, 'old');
    const limited = `ulimit -f 1; trap '' XFSZ; exec "$0" --input-type=module -e '
      import { writePrivate } from "${join(import.meta.dirname, '../../dist/document/files.js')}";
      writePrivate(process.argv[1], "x".repeat(1e6));' "$1"`;
    expect(() => execFileSync('bash', ['-c', limited, NODE, file], { stdio: 'pipe' })).toThrow(/cannot be written/);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['report.json']);
  });

  test('is written where a symbolic link leads, and the link stays', (context) => {
    const folder = folderFor(context);
    mkdirSync(join(folder, 'there'));
    const [link, file] = [join(folder, 'link.json'), join(folder, 'there/real.json')];
    symlinkSync('there/real.json', link);
    writePrivate(link, 'text');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('text');
    expect(readdirSync(join(folder, 'there'))).toEqual(['real.json']);
  });

  test('is made private although an older one was not', (context) => {
    const file = join(folderFor(context), 'report.json');
    writeFileSync(file, 'old');
    chmodSync(file, 0o644);
    writePrivate(file, 'new');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('may be a pipe with a reader; one that nobody reads is an error and no wait without end', async (context) => {
    const fifo = join(folderFor(context), 'fifo');
    execFileSync('bash', ['-c', 'mkfifo "$0"', fifo]);
    expect(() => writePrivate(fifo, 'text')).toThrow(/fifo: cannot be written: .*ENXIO/);
    const copy = join(folderFor(context), 'copy');
    const reader = spawn('bash', ['-c', 'cat "$0" > "$1"', fifo, copy]);
    const over = new Promise((resolve) => reader.on('close', resolve));
    const text = 'x'.repeat(500_000);
    await until('the reader', () => {
      try {
        writePrivate(fifo, text);
        return true;
      } catch {
        return false;
      }
    });
    await over;
    expect(statSync(copy).size).toBe(text.length);
    expect(lstatSync(fifo).isFIFO()).toBe(true);
  });

  test('may be /dev/stdout, and comes behind what stands there', async (context) => {
    const server = await serve(context);
    const file = join(folderFor(context), 'all.txt');
    await runInShell(['audit', server.at, ...QUICK, '--output', 'junit=/dev/stdout'], `> ${file}`);
    expect(readFileSync(file, 'utf8')).toMatch(/^relayproof [^]*CLOSED[^]*<testsuites/);
  });
});
