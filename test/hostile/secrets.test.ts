import pLimit from 'p-limit';
import { describe, expect, test } from 'vitest';
import { judgeAudit } from '../../src/judge/judge-audit.ts';
import { runSession } from '../../src/probe/session-runner.ts';
import { jsonReport } from '../../src/report/json.ts';
import { textReport } from '../../src/report/text.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { runRecordOf } from '../support/run-records.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { leaksOf, randomSecrets, REFLECTIONS } from '../support/secrets.ts';
import { optionsFor, probeOf, withCanary } from '../support/session-rig.ts';

const SECRETS = randomSecrets(50, 31);
const AT_ONCE = 30;

/** How the server says it: a success, a failure, and a reply over several lines that cuts what it sends back. */
const SAYINGS: Readonly<Record<string, (echo: string) => string>> = {
  success: (echo) => `235 2.7.0 welcome ${echo}\r\n`,
  failure: (echo) => `535 5.7.8 you said ${echo}\r\n`,
  'failure over lines': (echo) => {
    const middle = Math.ceil(echo.length / 2);
    return `535-5.7.8 you said ${echo.slice(0, middle)}\r\n535 5.7.8 ${echo.slice(middle)}\r\n`.replace('5.7.8 ', '');
  },
  'failure over lines, without a code of its own': (echo) => {
    const middle = Math.ceil(echo.length / 3);
    return `535-${echo.slice(0, middle)}\r\n535 ${echo.slice(middle)}\r\n`;
  },
  'goodbye instead': (echo) => `421 ${echo}\r\n`,
};

const CASES = Object.entries(REFLECTIONS).flatMap(([encoding, encode]) =>
  Object.entries(SAYINGS).map(([saying, say]) => ({ name: `${encoding}, ${saying}`, encode, say })),
);

describe('a password that a server sends back', () => {
  test(`is in nothing that is kept or shown: ${CASES.length} ways, 50 passwords`, async () => {
    const limit = pLimit(AT_ONCE);
    const leaks: string[] = [];
    const run = async (
      secret: (typeof SECRETS)[number],
      { name, encode, say }: (typeof CASES)[number],
    ): Promise<void> => {
      const echo = Buffer.from(encode(secret), 'utf8').toString('latin1');
      const server = await startHostileServer({
        moment: 'auth',
        cut: name.length % 2 === 0 ? 'whole' : 'bytes',
        act: (wire) => wire.send(say(echo)),
      });
      const seen: unknown[] = [];
      const transcript = await runSession(
        probeOf({ login: secret.user }),
        optionsFor(server.port, { ...withCanary(), credentials: secret, onTurn: (_, turn) => seen.push(turn) }),
      );
      await server.stop();
      const audit = judgeAudit(runRecordOf({ transcripts: [transcript] }), catalogueOf({}), null);
      const shown = [
        ...textsIn(transcript),
        ...textsIn(seen),
        ...textsIn(audit),
        textReport([audit], { color: false, width: 100, failOn: 'low' }),
        jsonReport([audit]),
      ];
      for (const text of shown) for (const form of leaksOf(secret, text)) leaks.push(`${name}: ${form} in ${text}`);
    };
    await Promise.all(
      SECRETS.flatMap((secret, index) =>
        // Each password in every fifth way, so that each way meets ten passwords.
        CASES.filter((_, at) => at % 5 === index % 5).map((one) => limit(run, secret, one)),
      ),
    );
    expect(leaks).toEqual([]);
  }, 60_000);

  test('is in the text of a reply until it is recorded: the test would see it', async () => {
    const [secret] = SECRETS;
    if (secret === undefined) throw new Error('there is no secret');
    for (const encode of Object.values(REFLECTIONS)) expect(leaksOf(secret, `535 ${encode(secret)}`)).not.toEqual([]);
  });
});

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) {
    const texts = value.filter((one): one is string => typeof one === 'string');
    // A secret may be cut by the lines of a reply or a dialogue.
    return [texts.join(''), ...value.flatMap(textsIn)];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
