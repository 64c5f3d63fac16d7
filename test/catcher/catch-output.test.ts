import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { lockOf, readCatchLock, takeCatchLock, type LockState } from '../../src/catcher/catch-lock.ts';
import { linesOf, openCatchOutput } from '../../src/catcher/catch-output.ts';
import { UsageError } from '../../src/document/usage-error.ts';
import { folderFor } from '../support/program.ts';
import { caughtOf } from '../support/run-records.ts';

const ONE = caughtOf('rp1-one');
const TWO = caughtOf('rp1-two');
const silent = (): void => undefined;

function fileFor(context: Pick<TestContext, 'onTestFinished'>): string {
  return join(folderFor(context), 'caught.ndjson');
}

/** A lock that a catcher left behind, with changes to what is in it. */
function leaveLock(file: string, changes: Partial<LockState>): void {
  const lock = takeCatchLock(file, silent);
  const state: unknown = JSON.parse(readFileSync(lockOf(file), 'utf8'));
  lock.release();
  writeFileSync(lockOf(file), JSON.stringify({ ...Object(state), ...changes }));
}

describe.concurrent('the file of a catcher', () => {
  test('keeps what it held and is for its owner only', (context) => {
    const file = fileFor(context);
    writeFileSync(file, linesOf([ONE]), { mode: 0o644 });
    const output = openCatchOutput(file, silent);
    output.append([TWO]);
    output.close();
    expect(readFileSync(file, 'utf8')).toBe(linesOf([ONE, TWO]));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('gets the end of a line that a crash left unfinished', (context) => {
    const file = fileFor(context);
    writeFileSync(file, `${linesOf([ONE])}{"at":`);
    const output = openCatchOutput(file, silent);
    output.append([TWO]);
    output.close();
    expect(readFileSync(file, 'utf8')).toBe(`${linesOf([ONE])}{"at":\n${linesOf([TWO])}`);
  });

  test('has one catcher at a time, and the other hears which process that is', (context) => {
    const file = fileFor(context);
    const output = openCatchOutput(file, silent);
    expect(() => openCatchOutput(file, silent)).toThrow(UsageError);
    expect(() => openCatchOutput(file, silent)).toThrow(`process ${process.pid} catches into it since`);
    output.close();
    openCatchOutput(file, silent).close();
  });

  test('is the same file by every name that leads to it', (context) => {
    const file = fileFor(context);
    const output = openCatchOutput(file, silent);
    context.onTestFinished(() => output.close());
    symlinkSync(file, `${file}.link`);
    expect(() => openCatchOutput(`${file}.link`, silent)).toThrow(`process ${process.pid} catches into it`);
    expect(readCatchLock(`${file}.link`).kind).toBe('held');
  });

  test('is free again when its catcher has ended', (context) => {
    const file = fileFor(context);
    openCatchOutput(file, silent).close();
    expect(readCatchLock(file)).toEqual({ kind: 'none' });
  });

  const dead: readonly (readonly [string, Partial<LockState>])[] = [
    ['is no more', { pid: 2 ** 22 + 1, began: '1' }],
    ['is another one by now, with the same id', { began: '1' }],
    ['was of another host, and not heard of for a minute', { where: 'other', beat: minutesAgo(1) }],
  ];
  test.for(dead)('is taken over from a process that %s', ([, changes], context) => {
    const file = fileFor(context);
    leaveLock(file, changes);
    expect(readCatchLock(file).kind).toBe('left');
    const said: string[] = [];
    openCatchOutput(file, (line) => said.push(line)).close();
    expect(said).toEqual([expect.stringContaining('taken over from process')]);
  });

  test('is not taken over from a process of another host that was heard of', (context) => {
    const file = fileFor(context);
    leaveLock(file, { pid: 2 ** 22 + 1, where: 'other', beat: minutesAgo(0) });
    expect(() => openCatchOutput(file, silent)).toThrow('on other catches into it');
  });

  test('is not locked by what is no lock of ours, which is left alone', (context) => {
    const file = fileFor(context);
    writeFileSync(lockOf(file), 'something else');
    expect(() => openCatchOutput(file, silent)).toThrow(UsageError);
    expect(readFileSync(lockOf(file), 'utf8')).toBe('something else');
  });

  test('has a lock that tells faults and never grows, so that a full disk does not keep them back', (context) => {
    const file = fileFor(context);
    const output = openCatchOutput(file, silent);
    context.onTestFinished(() => output.close());
    const before = statSync(lockOf(file)).size;
    output.tell(Array.from({ length: 50 }, () => '\u00e9'.repeat(1000)));
    expect(statSync(lockOf(file)).size).toBe(before);
    output.tell(['the disk is full']);
    expect(readCatchLock(file)).toMatchObject({ kind: 'held', state: { faults: ['the disk is full'] } });
  });

  test('says that its lock cannot be written rather than to catch without one', (context) => {
    const file = join(folderFor(context), 'x'.repeat(252));
    expect(() => openCatchOutput(file, silent)).toThrow(UsageError);
  });

  test('is a device where that is asked for, which has no lock', () => {
    const output = openCatchOutput('/dev/full', silent);
    expect(() => output.append([ONE])).toThrow('ENOSPC');
    output.close();
    expect(readCatchLock('/dev/full')).toEqual({ kind: 'none' });
  });

  test('does without the lock of a catcher whose lock was removed by hand', (context) => {
    const file = fileFor(context);
    const first = openCatchOutput(file, silent);
    rmSync(lockOf(file));
    const second = openCatchOutput(file, silent);
    first.close();
    expect(readCatchLock(file).kind).toBe('held');
    second.close();
  });
});

function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}
