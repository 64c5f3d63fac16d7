import { expect, test } from 'vitest';
import { converse } from '../support/smtp-dialogue.ts';
import { auditReal } from './audit-harness.ts';
import { describeReal } from './availability.ts';
import { startPostfix } from './postfix.ts';
import type { RealServer } from './real-server.ts';

const PROBES = 16;
const PATIENCE_MS = 120_000;

/** What a scanner does that asks everything in one connection, as nmap's script does. */
async function askInOneConnection(server: RealServer): Promise<number> {
  const begun = performance.now();
  const questions = Array.from({ length: PROBES }, (_, index) => [
    'RSET',
    `MAIL FROM:<sender${index}@elsewhere.test>`,
    `RCPT TO:<relaytest${index}@outside.test>`,
  ]);
  const replies = await converse(server, ['EHLO scanner.example', ...questions.flat()]);
  expect(replies.filter(({ code }) => code >= 500)).toHaveLength(PROBES);
  return performance.now() - begun;
}

/** How long a real client waits until its recipient is taken, in milliseconds. */
async function recipientMs(server: RealServer): Promise<number> {
  const begun = performance.now();
  const replies = await converse(server, [
    'EHLO client.example',
    'MAIL FROM:<friend@elsewhere.test>',
    'RCPT TO:<alice@example.com>',
  ]);
  expect(replies.at(-1)?.code).toBe(250);
  return performance.now() - begun;
}

describeReal('Postfix with its error sleep, error limits and in-flow delay at their defaults', ['postfix'], () => {
  test(
    'is asked both main families in under a tenth of the time of one connection, with nothing lost',
    async () => {
      let oneConnectionMs = 0;
      const { audit } = await auditReal(
        async (nextHop) => {
          const server = await startPostfix({ preset: 'closed', nextHop });
          oneConnectionMs = await askInOneConnection(server);
          return server;
        },
        { scenario: ['third-party-relay', 'spoofed-domain'] },
      );
      const asked = audit.results.filter(({ verdict }) => verdict !== 'skipped');
      expect(asked.length).toBeGreaterThan(PROBES);
      expect(new Set(asked.map(({ verdict }) => verdict))).toEqual(new Set(['accepted', 'refused']));
      expect(asked.filter(({ reply }) => reply?.startsWith('421') === true)).toEqual([]);
      expect(audit.durationMs / oneConnectionMs).toBeLessThan(0.1);
    },
    PATIENCE_MS,
  );

  test.for(['closed', 'open'] as const)(
    'makes no real client wait after all of the catalogue was asked where it is %s',
    { timeout: PATIENCE_MS },
    async (preset) => {
      let afterMs = Infinity;
      await auditReal(async (nextHop) => {
        const server = await startPostfix({ preset, nextHop });
        const untilSettled = async (): Promise<void> => {
          afterMs = await recipientMs(server);
        };
        return { ...server, untilSettled };
      });
      // The delay would be a second.
      expect(afterMs).toBeLessThan(700);
    },
  );
});
