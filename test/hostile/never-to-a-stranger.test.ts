import * as fc from 'fast-check';
import pLimit from 'p-limit';
import { describe, expect, test } from 'vitest';
import { performAudit } from '../../src/audit/perform.ts';
import { prepareAudit } from '../../src/audit/prepare.ts';
import { runSession } from '../../src/probe/session-runner.ts';
import { PLACEHOLDERS, type Names } from '../../src/scenario/placeholder.ts';
import { canaryMessage } from '../../src/session/canary-message.ts';
import { fillScenario } from '../../src/session/fill.ts';
import { quietTerminal } from '../support/quiet-terminal.ts';
import { runRecordOf } from '../support/run-records.ts';
import { catalogueOf, scenarioOf } from '../support/scenarios.ts';
import { openAnswer, startScriptServer, type ScriptServer } from '../support/script-server.ts';
import { CANARY_TOKEN, optionsFor, probeOf, SHORT_DEADLINES } from '../support/session-rig.ts';
import { hostile, hostileRaw, namesVictim, victimMailbox } from '../support/victims.ts';

const SEED = 64;
/** For long runs: many times as many cases. */
const TIMES = Number(process.env['RELAYPROOF_TEST_TIMES'] ?? 1);
const SESSIONS = 400 * TIMES;
const AUDITS = 12 * TIMES;
const AT_ONCE = 20;

const sometimes = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: text });

/** Every text that a script is made of, some of them hostile. */
const written = fc.record({
  helo: sometimes(hostile),
  line: sometimes(hostile),
  raw: sometimes(hostileRaw),
  header: sometimes(hostile),
  first: sometimes(hostile),
  body: sometimes(hostile),
  ownUser: sometimes(hostile),
  sender: sometimes(victimMailbox),
  contact: sometimes(victimMailbox),
});

type Written = typeof written extends fc.Arbitrary<infer Value> ? Value : never;

const NAMES: Names = {
  own: 'example.com',
  'own-user': 'a@example.com',
  outside: 'v@outside.test',
  sender: 's@sender.test',
};

async function runWritten(text: Written, server: ScriptServer): Promise<boolean> {
  const plain = scenarioOf({
    dialogue: 'C: MAIL FROM:<{sender}>\nS: *\nC: RCPT TO:<{own-user}>\nS: *\nC: NOOP\nS: ?+\nR: NOOP\\r\\n\nS: ?+',
  });
  const [mail, rcpt, noop, raw] = plain.steps;
  if (mail === undefined || rcpt === undefined || noop === undefined || raw === undefined) throw new Error('no steps');
  const filled = fillScenario(
    {
      ...plain,
      helo: `client.test${text.helo}`,
      steps: [
        mail,
        rcpt,
        { ...noop, send: [{ kind: 'line', text: `NOOP ${text.line}` }] },
        { ...raw, send: [{ kind: 'raw', text: `NOOP ${text.raw}\\r\\n` }] },
      ],
      message: {
        header: { To: `a@example.com${text.header}` },
        first: [{ line: `X-First: x${text.first}`, times: 1 }],
        body: [{ line: `x${text.body}`, times: 1 }],
      },
    },
    {
      ...NAMES,
      'own-user': `a@example.com${text.ownUser}`,
      sender: text.sender === '' ? 's@sender.test' : text.sender,
    },
  );
  if (filled.kind !== 'filled') throw new Error(filled.kind);
  const note = {
    token: CANARY_TOKEN,
    scenario: 'x',
    target: 'x',
    from: 's@sender.test',
    to: 'v@outside.test',
    // The audit's scope knows of no contact, so none may be named.
    authorizedBy: text.contact,
    date: 'Thu, 01 Jan 1970 00:00:00 +0000',
  };
  const { end } = await runSession(
    probeOf({ script: filled.script }),
    optionsFor(server.port, {
      canaryFor: () => ({ token: CANARY_TOKEN, lines: canaryMessage(note, filled.script.message) }),
      deadlines: { ...SHORT_DEADLINES, command: 500, endOfData: 500, farewell: 100 },
    }),
  );
  return end.kind === 'out-of-scope';
}

/** What names no victim and still has to be said: otherwise a gate that holds everything would pass. */
function saidInAll(servers: readonly ScriptServer[]): string {
  return servers.flatMap((server) => server.bytes()).join('');
}

function victimsAt(server: ScriptServer): readonly string[] {
  return server.bytes().filter((bytes) => namesVictim(Buffer.from(bytes, 'latin1')));
}

describe('no mailbox of a stranger reaches the wire', () => {
  test('whatever stands in a scenario, in the names it is filled with, or in a message', async () => {
    const server = await startScriptServer(openAnswer);
    const limit = pLimit(AT_ONCE);
    const samples = fc.sample(written, { seed: SEED, numRuns: SESSIONS });
    const held = await Promise.all(samples.map((text) => limit(() => runWritten(text, server))));
    await server.stop();
    expect(victimsAt(server)).toEqual([]);
    expect(held.filter(Boolean).length).toBeGreaterThan(SESSIONS / 2);
    expect(held.every(Boolean)).toBe(false);
    expect(saidInAll([server])).toContain('RCPT TO:<a@example.com>');
  }, 120_000);

  test('whatever a saved run, the options of the operator or the server itself say', async () => {
    const samples = fc.sample(
      fc.record({
        previous: fc.dictionary(fc.constantFrom(...Object.keys(PLACEHOLDERS)), hostile, { minKeys: 1, maxKeys: 6 }),
        autoresponder: sometimes(hostile),
        helo: sometimes(hostile),
        body: sometimes(hostile),
        banner: sometimes(victimMailbox),
        ehlo: sometimes(victimMailbox),
      }),
      { seed: SEED, numRuns: AUDITS },
    );
    for (const text of samples) {
      // A server may say anything but a line end inside of a line.
      const said = (some: string): string => some.replaceAll(/[\r\n]/g, ' ');
      const server = await startScriptServer(
        (line, session) =>
          /^EHLO/i.test(line)
            ? `250-mx.example.com ${said(text.ehlo)}\r\n250 ${said(text.ehlo)}`
            : openAnswer(line, session),
        `220 ${said(text.banner)} ESMTP`,
      );
      await audit(server, text);
      await server.stop();
      expect(victimsAt(server), JSON.stringify(text)).toEqual([]);
      expect(saidInAll([server])).toContain('EHLO');
    }
  }, 120_000);

  test('and the look at the wire does see one in every form and behind every command', () => {
    const forms = fc.sample(hostile, { seed: SEED, numRuns: 500 });
    expect(forms.filter((text) => !namesVictim(Buffer.from(text, 'utf8')))).toEqual([]);
    expect(namesVictim(Buffer.from('RCPT TO:<v\xc0\xfa\xfavictim.org>', 'latin1'))).toBe(true);
    expect(namesVictim(Buffer.from('RCPT TO:<a@example.com>'))).toBe(false);
  });
});

async function audit(
  server: ScriptServer,
  text: { readonly previous: Names; readonly autoresponder: string; readonly helo: string; readonly body: string },
): Promise<void> {
  const { common } = await prepareAudit(
    [],
    {
      ownDomain: ['example.com'],
      ownUser: ['alice@example.com'],
      outside: 'v@outside.test',
      vantage: [],
      wait: 0,
      scenario: [],
      pace: 'fast',
      confirm: [],
      patience: 0,
      prove: true,
      deadlines: { ...SHORT_DEADLINES, command: 500, endOfData: 500, farewell: 100 },
    },
    null,
    quietTerminal(),
  );
  await performAudit({
    ...common,
    identities: {
      ...common.identities,
      fills: text.autoresponder === '' ? {} : { autoresponder: text.autoresponder },
    },
    catalogue: catalogueOf(
      { id: 'plain' },
      { id: 'greets', helo: `client.test${text.helo}` },
      { id: 'at-host', rcpt: '<a@{host}>' },
      { id: 'robot', rcpt: '<{autoresponder}>' },
      { id: 'writes', rcpt: '<{own-user}>', message: { body: [`x${text.body}`] } },
      { id: 'colleague', mail: '<{sender-local}@{partner}>', rcpt: '<{other-own-user}>' },
    ),
    reprieveMs: 0,
    target: { host: '127.0.0.1', address: '127.0.0.1', port: server.port },
    tls: 'off',
    previous: runRecordOf({ names: text.previous }),
    onEvent: () => undefined,
  });
}
