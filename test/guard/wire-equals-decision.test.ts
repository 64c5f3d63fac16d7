import { domainToASCII } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/policy/policy.ts';
import { anyPath, routingCorpus } from './address-corpus.ts';
import { LISTED, MESSAGE, rigPolicy, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

const policy = (): Policy => rigPolicy({ domains: ['example.com', '*.example.org'] });

/** How many generated paths are offered; a nightly run may ask for more. */
const PATHS = Number(process.env['WIRE_PATHS'] ?? 10_000);

/** Paths that a command line can hold as one line. */
const asLine = (path: string): string => path.replaceAll(/[\r\n]/g, '');

/** Says RCPT for every path in one write, then DATA; what was answered 250, and what came out. */
async function offer(
  rig: Rig,
  from: string | undefined,
  paths: readonly string[],
): Promise<{ admitted: string[]; wire: string[] }> {
  const client = await rig.client(from === undefined ? {} : { from });
  await client.say('EHLO client.test');
  await client.say('MAIL FROM:<s@elsewhere.test>');
  client.write(paths.map((path) => `RCPT TO:<${path}>\r\n`).join(''));
  const admitted: string[] = [];
  for (const path of paths) {
    const { code } = await client.next();
    expect([250, 500, 501, 550, 553]).toContain(code);
    if (code === 250) admitted.push(path);
  }
  const before = rig.sink.messages().length;
  if (admitted.length > 0) {
    await client.say('DATA');
    expect((await client.say(MESSAGE)).code).toBe(250);
  }
  client.end();
  return {
    admitted,
    wire: rig.sink
      .messages()
      .slice(before)
      .flatMap((message) => message.forwardPaths),
  };
}

/** What an admitted path is on the wire, by Node's own mapping of domains and nothing of the project's. */
function expectedOnWire(path: string): string {
  if (/^postmaster$/i.test(path)) return 'postmaster';
  const at = path.lastIndexOf('@');
  const domain = path.slice(at + 1);
  return `${path.slice(0, at)}@${domain.startsWith('[') ? domain : domainToASCII(domain)}`;
}

const isOwn = (mailbox: string): boolean =>
  mailbox === 'postmaster' || /^[^@%!]+@(?:example\.com|[a-z0-9.-]+\.example\.org)$/.test(mailbox);

describe('recipients on the wire', () => {
  test('equal the decision for every generated path: none more, none changed, none of them foreign', async (context) => {
    const rig = await startRig(context, { policy: policy() });
    const paths = fc.sample(anyPath, { numRuns: PATHS, seed: 20_261_124 }).map(asLine);
    let admittedInAll = 0;
    for (let start = 0; start < paths.length; start += 100) {
      const { admitted, wire } = await offer(rig, undefined, paths.slice(start, start + 100));
      admittedInAll += admitted.length;
      expect(wire).toEqual(admitted.map(expectedOnWire));
      expect(wire.filter((mailbox) => !isOwn(mailbox))).toEqual([]);
    }
    // A guard that refuses everything would pass, too.
    expect(admittedInAll).toBeGreaterThan(PATHS / 20);
  }, 3_600_000);

  test('are own mailboxes only, whatever routing form is asked for', async (context) => {
    const rig = await startRig(context, { policy: policy() });
    const paths = routingCorpus().map(asLine);
    expect(paths.length).toBeGreaterThan(300);
    for (let start = 0; start < paths.length; start += 100) {
      const { admitted, wire } = await offer(rig, undefined, paths.slice(start, start + 100));
      expect(wire).toEqual(admitted.map(expectedOnWire));
      expect(wire.filter((mailbox) => !isOwn(mailbox))).toEqual([]);
    }
  });

  test('are never made from a routing form, not even for a listed client that may send everywhere', async (context) => {
    const anywhere = rigPolicy({ domains: ['example.com'], domainRestrictSend: false });
    const rig = await startRig(context, { policy: anywhere });
    for (const path of [
      'v%outside.test@example.com',
      '@example.com:v@outside.test',
      '"v@outside.test"@example.com',
      'a@example.com,b@outside.test',
    ]) {
      const { admitted } = await offer(rig, LISTED, [path]);
      expect(admitted).toEqual([]);
    }
    const { wire } = await offer(rig, LISTED, ['v@outside.test', 'v@[198.51.100.9]', 'v@[IPv6:2001:DB8::0:9]']);
    expect(wire).toEqual(['v@outside.test', 'v@[198.51.100.9]', 'v@[IPv6:2001:db8::9]']);
  });

  test('come with the reverse-path that was decided on, for 1,000 generated senders', async (context) => {
    const limits = { messagesPerSession: Infinity, commandsPerSession: Infinity, idleCommandsPerSession: Infinity };
    const rig = await startRig(context, { policy: policy(), limits });
    const client = await rig.client();
    await client.say('EHLO client.test');
    const paths = fc.sample(anyPath, { numRuns: 1000, seed: 20_261_125 }).map(asLine);
    const admitted: string[] = [];
    for (const path of ['', ...paths]) {
      const { code } = await client.say(`MAIL FROM:<${path}>`);
      if (code !== 250) continue;
      const recipient = await client.say('RCPT TO:<postmaster>');
      if (recipient.code === 250) {
        admitted.push(path);
        await client.say('DATA');
        expect((await client.say(MESSAGE)).code).toBe(250);
      } else {
        await client.say('RSET');
      }
    }
    expect(rig.sink.messages().map((message) => message.reversePath)).toEqual(
      admitted.map((path) => (path === '' ? '' : expectedOnWire(path))),
    );
    expect(admitted.length).toBeGreaterThan(30);
  }, 60_000);
});
