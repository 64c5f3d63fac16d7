import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { lockOf } from '../../src/catcher/catch-lock.ts';
import { followCaughtFile } from '../../src/catcher/follow-caught.ts';
import { folderFor, runProgram, startProgram, type ProgramOptions, type Running } from '../support/program.ts';
import { caughtOf } from '../support/run-records.ts';
import { sendMessage, type SendOutcome } from '../support/send-message.ts';
import { freePort } from '../support/socket-server.ts';

const TIMEOUT = { timeout: 90_000 };

interface Catching {
  readonly port: number;
  readonly running: Running;
}

/** Starts `relayproof catch` and waits until it listens. */
async function catching(context: TestContext, output: string, options: ProgramOptions = {}): Promise<Catching> {
  const port = await freePort();
  const running = startProgram(['catch', '--listen', `127.0.0.1:${port}`, '--output', output], options);
  context.onTestFinished(() => void running.child.kill('SIGKILL'));
  await running.untilSaid('catching on');
  return { port, running };
}

function send({ port }: Catching, to: string, body?: string): Promise<SendOutcome> {
  const message = { from: 's@sender.test', to: [to] };
  return sendMessage({ host: '127.0.0.1', port }, body === undefined ? message : { ...message, body });
}

async function end({ running }: Catching): Promise<string> {
  running.child.kill('SIGTERM');
  return (await running.finished).stderr;
}

function recipientsIn(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(/"to":"([^"]*)"/g)].map(([, to]) => to ?? '');
}

describe.concurrent('catching into a file', TIMEOUT, () => {
  test('goes on after what an earlier catcher wrote', async (context) => {
    const file = join(folderFor(context), 'caught.ndjson');
    const first = await catching(context, file);
    await send(first, 'v@outside.test');
    await end(first);
    const second = await catching(context, file);
    await send(second, 'w@outside.test');
    expect(recipientsIn(file)).toEqual(['v@outside.test', 'w@outside.test']);
  });

  test('is a usage error where another catcher does so, which is named and goes on', async (context) => {
    const file = join(folderFor(context), 'caught.ndjson');
    const first = await catching(context, file);
    await send(first, 'v@outside.test');
    const second = await runProgram(['catch', '--listen', `127.0.0.1:${await freePort()}`, '--output', file]);
    expect(second.stderr).toContain(`process ${first.running.child.pid} catches into it`);
    expect(second.code).toBe(2);
    await send(first, 'w@outside.test');
    expect(recipientsIn(file)).toEqual(['v@outside.test', 'w@outside.test']);
  });

  test('takes the file over from a catcher that was killed, and ends the line that it left unfinished', async (context) => {
    const file = join(folderFor(context), 'caught.ndjson');
    const first = await catching(context, file);
    await send(first, 'v@outside.test');
    first.running.child.kill('SIGKILL');
    await first.running.finished;
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"at":`);
    const second = await catching(context, file);
    expect(second.running.stderr()).toContain(`taken over from process ${first.running.child.pid}`);
    await send(second, 'w@outside.test');
    expect(
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.slice(0, 6)),
    ).toEqual(['{"at":', '{"at":', '{"at":', '']);
    await end(second);
    expect(() => readFileSync(lockOf(file))).toThrow('ENOENT');
  });

  test('answers 452 where the device is full, says so once, and counts nothing', async (context) => {
    const full = await catching(context, '/dev/full');
    expect(await send(full, 'v@outside.test')).toEqual({ stage: 'end-of-data', code: 452 });
    expect(await send(full, 'w@outside.test')).toEqual({ stage: 'end-of-data', code: 452 });
    expect(full.running.stderr().match(/ENOSPC/g)).toHaveLength(1);
    const stderr = await end(full);
    expect(stderr).toMatch(/452.*ENOSPC.*: 2\n/);
    expect(stderr).toContain('0 messages caught');
    expect((await full.running.finished).code).not.toBe(0);
  });

  test('leaves no half line on a full disk, and tells those who follow the file', async (context) => {
    const folder = folderFor(context);
    const [file, node] = [join(folder, 'caught.ndjson'), join(folder, 'node-on-a-small-disk')];
    // The kernel says EFBIG at this size as it would say ENOSPC at the end of a disk.
    writeFileSync(node, `#!/bin/sh\ntrap '' 25\nulimit -f 10\nexec '${process.execPath}' "$@"\n`);
    chmodSync(node, 0o700);
    const small = await catching(context, file, { node });
    const followed = followCaughtFile(file);
    context.onTestFinished(() => followed.close());
    const long = `Subject: ${'x'.repeat(900)}\r\n\r\nx`;
    const codes: number[] = [];
    while (codes.length < 20) codes.push((await send(small, 'v@outside.test', long)).code);
    const kept = codes.indexOf(452);
    expect(kept).toBeGreaterThan(0);
    expect(codes.slice(kept)).toEqual(Array.from({ length: 20 - kept }, () => 452));
    expect(followed.all()).toHaveLength(kept);
    expect(followed.faults()).toEqual([expect.stringMatching(`452.*EFBIG.*: ${20 - kept}$`)]);
    expect(readFileSync(file, 'utf8').endsWith('\n')).toBe(true);
    expect(await end(small)).toContain(`${kept} messages caught`);
  });
});

describe.concurrent('judging with a caught file', TIMEOUT, () => {
  test('is a usage error where no line is one of the catcher', async (context) => {
    const { folder, file } = await savedRun(context, 'not a line\nneither\n');
    const { code, stderr } = await runProgram(['judge', folder, '--caught', file]);
    expect(stderr).toContain(`${file}:1:1: is not a line of \`relayproof catch\``);
    expect(code).toBe(2);
  });

  test('takes the good lines and says which are bad', async (context) => {
    const { folder, file } = await savedRun(context, `${JSON.stringify(caughtOf('rp1-one'))}\nnot a line\n`);
    const { code, stdout, stderr } = await runProgram(['judge', folder, '--caught', file]);
    expect(stderr).toContain(`${file}:2:1: is not a line of \`relayproof catch\``);
    expect(stdout).toContain('relayproof');
    expect(code).not.toBe(2);
  });
});

async function savedRun(context: TestContext, lines: string): Promise<{ folder: string; file: string }> {
  const folder = folderFor(context);
  const [saved, file] = [join(folder, 'runs'), join(folder, 'caught.ndjson')];
  writeFileSync(file, lines);
  await runProgram(['audit', `127.0.0.1:${await freePort()}`, '--own-domain', 'example.com', '--save', saved]);
  return { folder: saved, file };
}
