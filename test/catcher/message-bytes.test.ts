import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { MessageBytes } from '../../src/catcher/message-bytes.ts';

const BIG = Buffer.alloc(262_144, 'x');

describe('the bytes of messages that come at once', () => {
  test('have a bound together, and what is read in part says so', async () => {
    const messages = new MessageBytes();
    const streams = Array.from({ length: 100 }, () => new PassThrough({ highWaterMark: 1_000_000 }));
    const reads = streams.map((stream) => messages.read(stream));
    for (const stream of streams) stream.write(BIG);
    await new Promise((resolve) => setImmediate(resolve));
    for (const stream of streams) stream.end();
    const read = await Promise.all(reads);
    const kept = read.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(kept).toBeLessThanOrEqual(16_777_216 + 100 * 16_384);
    expect(read[0]).toMatchObject({ bytes: BIG, isPart: false });
    expect(read.at(-1)?.isPart).toBe(true);
    expect(read.at(-1)?.bytes.length).toBe(16_384);
  });

  test('are given back when a message is over or its client went away', async () => {
    const messages = new MessageBytes();
    for (let count = 0; count < 100; count += 1) {
      const stream = new PassThrough({ highWaterMark: 1_000_000 });
      const read = messages.read(stream);
      stream.write(BIG);
      await new Promise((resolve) => setImmediate(resolve));
      if (count % 2 === 0) {
        stream.end();
        expect((await read).isPart).toBe(false);
      } else stream.destroy();
    }
  });

  test('are the first of a message, which is whole in its kind where it comes alone', async () => {
    const stream = new PassThrough();
    const read = new MessageBytes().read(stream);
    stream.write(BIG);
    stream.end('the end');
    expect(await read).toEqual({ bytes: BIG, isPart: false });
  });
});
