import { appendFileSync, ftruncateSync, openSync, closeSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { linesOf, openCatchOutput, type CatchOutput } from '../../src/catcher/catch-output.ts';
import { followCaughtFile, type FollowedFile } from '../../src/catcher/follow-caught.ts';
import { folderFor } from '../support/program.ts';
import { caughtOf } from '../support/run-records.ts';
import { until } from '../support/until.ts';

const ONE = caughtOf('rp1-one');
const TWO = caughtOf('rp1-two');
const THREE = caughtOf('rp1-three');

type Context = Pick<TestContext, 'onTestFinished'>;

function follow(context: Context, file: string): FollowedFile {
  const followed = followCaughtFile(file);
  context.onTestFinished(() => followed.close());
  return followed;
}

/** A file that a catcher of this process holds, and somebody who follows it. */
function caughtAndFollowed(context: Context): { file: string; output: CatchOutput; followed: FollowedFile } {
  const file = join(folderFor(context), 'caught.ndjson');
  const output = openCatchOutput(file, () => undefined);
  let isOpen = true;
  const close = (): void => {
    if (isOpen) output.close();
    isOpen = false;
  };
  context.onTestFinished(close);
  return { file, output: { ...output, close }, followed: follow(context, file) };
}

describe.concurrent('a file of a catcher that is followed', () => {
  test('gives what was in it and what is appended, without a fault', (context) => {
    const { output, followed } = caughtAndFollowed(context);
    output.append([ONE, TWO]);
    expect(followed.all()).toEqual([ONE, TWO]);
    output.append([THREE]);
    expect(followed.all()).toEqual([ONE, TWO, THREE]);
    expect(followed.faults()).toEqual([]);
  });

  test('tells when a canary was seen, though nobody asks in between', async (context) => {
    const { output, followed } = caughtAndFollowed(context);
    expect(followed.seenAt('rp1-one')).toBeNull();
    const sentAt = Date.now();
    output.append([ONE]);
    await until('some polls went by', () => Date.now() - sentAt > 1000);
    const seenAt = followed.seenAt('rp1-one');
    expect(seenAt?.getTime()).toBeGreaterThanOrEqual(sentAt);
    expect(seenAt?.getTime()).toBeLessThan(Date.now());
  });

  test('is a fault where it does not exist', (context) => {
    const file = join(folderFor(context), 'nowhere.ndjson');
    const followed = follow(context, file);
    expect(followed.all()).toEqual([]);
    expect(followed.faults()).toContain(`${file} does not exist`);
  });

  test('is a fault where no catcher runs that writes to it, though it holds good lines', (context) => {
    const file = join(folderFor(context), 'caught.ndjson');
    writeFileSync(file, linesOf([ONE]));
    const followed = follow(context, file);
    expect(followed.all()).toEqual([ONE]);
    expect(followed.faults()).toEqual([expect.stringContaining('No running `relayproof catch')]);
  });

  test('is a fault where its catcher came after the beginning', (context) => {
    const file = join(folderFor(context), 'caught.ndjson');
    writeFileSync(file, '');
    const followed = follow(context, file);
    const output = openCatchOutput(file, () => undefined);
    context.onTestFinished(output.close);
    output.append([ONE]);
    expect(followed.all()).toEqual([ONE]);
    expect(followed.faults()).toHaveLength(1);
  });

  test('is a fault where its catcher ended before the end', (context) => {
    const { output, followed } = caughtAndFollowed(context);
    output.append([ONE]);
    expect(followed.faults()).toEqual([]);
    output.close();
    expect(followed.faults()).toEqual([expect.stringContaining('No running `relayproof catch')]);
  });

  test('is a fault where its catcher was started again in between', async (context) => {
    const { file, output, followed } = caughtAndFollowed(context);
    const begun = Date.now();
    await until('the clock went on', () => Date.now() > begun);
    output.close();
    const again = openCatchOutput(file, () => undefined);
    context.onTestFinished(again.close);
    expect(followed.faults().join()).toContain('started again');
  });

  test('tells the faults that its catcher tells, but not those from before', (context) => {
    const file = join(folderFor(context), 'caught.ndjson');
    const output = openCatchOutput(file, () => undefined);
    context.onTestFinished(output.close);
    output.tell(['Messages answered with 452: 1']);
    const followed = follow(context, file);
    expect(followed.faults()).toEqual([]);
    output.tell(['Messages answered with 452: 2']);
    expect(followed.faults()).toEqual([`${file}: Messages answered with 452: 2`]);
  });

  test('gives its good lines where others are bad, and names a few of the bad ones', (context) => {
    const { file, output, followed } = caughtAndFollowed(context);
    output.append([ONE]);
    appendFileSync(file, '{"at":1}\nnonsense\n[]\n\n"x"\nnull\n');
    output.append([TWO]);
    expect(followed.all()).toEqual([ONE, TWO]);
    expect(followed.faults()).toEqual([
      expect.stringContaining(`${file}:2:1: `),
      expect.stringContaining(`${file}:3:1: `),
      expect.stringContaining(`${file}:4:1: `),
      expect.stringMatching(/: 2$/),
    ]);
  });

  test('gives a line when it is whole', (context) => {
    const { file, followed } = caughtAndFollowed(context);
    const line = linesOf([ONE]);
    appendFileSync(file, line.slice(0, 20));
    expect(followed.all()).toEqual([]);
    appendFileSync(file, line.slice(20));
    expect(followed.all()).toEqual([ONE]);
    expect(followed.faults()).toEqual([]);
  });

  test('is not read twice: only what was appended is', (context) => {
    const { file, output, followed } = caughtAndFollowed(context);
    output.append([ONE]);
    expect(followed.all()).toEqual([ONE]);
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, 'x'.repeat(20), 0);
    closeSync(descriptor);
    output.append([TWO]);
    expect(followed.all()).toEqual([ONE, TWO]);
    expect(followed.faults()).toEqual([]);
  });

  test('is a fault where it was truncated, and is read on', (context) => {
    const { file, output, followed } = caughtAndFollowed(context);
    output.append([ONE, TWO]);
    expect(followed.all()).toHaveLength(2);
    const descriptor = openSync(file, 'r+');
    ftruncateSync(descriptor, 0);
    closeSync(descriptor);
    output.append([THREE]);
    expect(followed.all()).toEqual([ONE, TWO, THREE]);
    expect(followed.faults()).toEqual([expect.stringContaining('truncated')]);
  });

  test('is a fault where it was replaced by another one, and is read on', (context) => {
    const { file, output, followed } = caughtAndFollowed(context);
    output.append([ONE]);
    expect(followed.all()).toEqual([ONE]);
    output.append([TWO]);
    writeFileSync(`${file}.new`, linesOf([THREE]));
    renameSync(`${file}.new`, file);
    expect(followed.all()).toEqual([ONE, TWO, THREE]);
    expect(followed.faults()).toEqual([expect.stringContaining('replaced')]);
  });

  test('gives what comes after a line of megabytes, which is a bad line', (context) => {
    const { file, output, followed } = caughtAndFollowed(context);
    appendFileSync(file, `${'x'.repeat(3_000_000)}\n`);
    output.append([ONE]);
    expect(followed.all()).toEqual([ONE]);
    expect(followed.faults()).toEqual([expect.stringContaining(`${file}:1:1: `)]);
  });

  test('is a fault where it is a device or a pipe', (context) => {
    expect(follow(context, '/dev/zero').faults().join()).toContain('not a regular file');
  });
});
