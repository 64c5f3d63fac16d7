import { once } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommandStream } from '../../src/guard/command-stream.ts';
import type { WireFault } from '../../src/guard/command-stream.ts';

/** What a stream of commands hears when bytes come in these pieces and then end. */
async function hear(pieces: readonly string[]): Promise<{ commands: readonly string[]; faults: readonly WireFault[] }> {
  const commands: string[] = [];
  const faults: WireFault[] = [];
  const stream = new CommandStream({
    maxCommandLength: 1000,
    readsData: () => null,
    onFault: (fault) => {
      faults.push(fault);
      stream.isClosed = true;
    },
  });
  stream.oncommand = (command, resume = () => undefined) => {
    commands.push(command.toString('latin1'));
    if (commands.at(-1) === 'DATA') {
      const data = stream.startDataMode();
      data.on('end', () => {
        stream.continue();
      });
      data.resume();
    }
    resume();
  };
  for (const piece of pieces) stream.write(Buffer.from(piece, 'latin1'));
  stream.end();
  await once(stream, 'finish');
  return { commands, faults };
}

describe('a stream of commands', () => {
  test('is heard line by line, however it is cut', async () => {
    const text = 'EHLO c.test\r\nMAIL FROM:<>\r\n\r\nNOOP\r\n';
    const whole = await hear([text]);
    expect(whole).toEqual({ commands: ['EHLO c.test', 'MAIL FROM:<>', '', 'NOOP'], faults: [] });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: text.length }), { maxLength: 10 }), async (cuts) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b), text.length];
        expect(await hear(bounds.slice(1).map((end, index) => text.slice(bounds[index], end)))).toEqual(whole);
      }),
      { seed: 13, numRuns: 300 },
    );
  });

  test.for([['NOOP\nRSET\r\n'], ['NOOP', '\nRSET\r\n'], ['\nRSET\r\n'], ['NOOP\r', '\r\n', '\n']])(
    'that holds a bare LF is not heard from there on: %j',
    async (pieces) => {
      const { commands, faults } = await hear(pieces);
      expect(faults).toEqual(['bare-line-feed']);
      expect(commands).not.toContain('RSET');
    },
  );

  test('that ends without a line end leaves no command', async () => {
    expect(await hear(['NOOP\r\nRCPT TO:<v@outside.test>'])).toEqual({ commands: ['NOOP'], faults: [] });
  });

  test('that sends mail data before it is asked for is at fault', async () => {
    expect(await hear(['DATA\r\nSubject: x\r\n'])).toEqual({ commands: ['DATA'], faults: ['data-before-reply'] });
    expect(await hear(['DATA\r\n', 'Subject: x\r\n\r\n.\r\n'])).toEqual({ commands: ['DATA'], faults: [] });
  });
});
