import { join } from 'node:path';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AuditIdentities } from '../../src/audit/request.ts';
import { namesOfAgain } from '../../src/audit/resumed-names.ts';
import { sortServerNames } from '../../src/audit/server-names.ts';
import { auditSchema } from '../../src/judge/audit-schema.ts';
import { folderFor, runProgram } from '../support/program.ts';
import { openAnswer, startScriptServer, type Answer } from '../support/script-server.ts';

const IDENTITIES: AuditIdentities = {
  ownDomains: ['acme.zz', '*.wild.zz'],
  ownUsers: [],
  outside: 'v@outside.zz',
  from: 's@sender.test',
  helo: 'c.test',
  partner: null,
  weakLogins: [],
  hostNames: ['Relay.hoster.zz'],
};

const TARGET = { host: 'mail.provider.zz', address: '198.51.100.25' };

describe('a name that a server gives itself', () => {
  const sorted = (name: string) => sortServerNames([name], IDENTITIES, TARGET);

  test.each([
    'acme.zz',
    'mx.ACME.zz',
    'a.wild.zz',
    'wild.zz',
    'relay.hoster.zz',
    'mail.provider.zz',
    '198.51.100.25',
    'mx.example.com',
    'host.test',
    'anything.invalid',
    'localhost.localdomain.localhost',
  ])('%s is used: it is own, told by the operator, or of nobody', (name) => {
    expect(sorted(name)).toEqual({ used: [name], unconfirmed: [] });
  });

  test.each([
    'victim.org',
    'acme.zz.victim.org',
    'notacme.zz',
    'mx.relay.hoster.zz',
    'sub.mail.provider.zz',
    'outside.zz',
    '198.51.100.26',
    'mail.corp.local',
  ])('%s is not used: nobody said that it is own', (name) => {
    expect(sorted(name)).toEqual({ used: [], unconfirmed: [name] });
  });

  test('is listed once, in the order in which the server said it', () => {
    expect(sortServerNames(['b.org', 'mx.acme.zz', 'B.org', 'acme.zz'], IDENTITIES, TARGET)).toEqual({
      used: ['mx.acme.zz', 'acme.zz'],
      unconfirmed: ['b.org'],
    });
  });
});

describe('the names of a saved run', () => {
  const NAMES = {
    own: 'acme.zz',
    host: 'mx.acme.zz',
    random: 'q000000000000001',
    nobody: 'no-such-user-00000000000a@acme.zz',
  };

  test('are taken again where they are made of chance', () => {
    const before = { random: 'q000000000000009', nobody: 'no-such-user-00000000000f@acme.zz' };
    expect(namesOfAgain(NAMES, before)).toEqual({ ...NAMES, ...before });
  });

  test.each([
    { host: 'victim.org' },
    { own: 'victim.org' },
    { outside: 'v@victim.org' },
    { random: 'victim' },
    { random: 'q000000000000009.victim.org' },
    { nobody: 'no-such-user-00000000000f@victim.org' },
    { nobody: 'no-such-user-x,v@victim.org,y@acme.zz' },
    { nobody: 'alice@acme.zz' },
    { 'mx-domain': 'victim.org' },
  ])('are passed over where this run would not make them so: %j', (before) => {
    expect(namesOfAgain(NAMES, before)).toEqual(NAMES);
  });
});

describe.concurrent('an audit of a server that calls itself by a stranger’s name', { timeout: 90_000 }, () => {
  const NAMED = 'victim.zz';
  const liar: Answer = (line, session) =>
    /^EHLO/i.test(line) ? `250-${NAMED}\r\n250 PIPELINING` : openAnswer(line, session);
  const asking = ['--own-domain', 'example.com', '--own-user', 'alice@example.com', '--wait', '0', '--json', '--prove'];
  const globs = ['--scenario', '*host-name', '--scenario', 'third-party'];

  async function audited(more: readonly string[] = []) {
    const server = await startScriptServer(liar, `220 ${NAMED} ESMTP ready`);
    try {
      const { stdout } = await runProgram(['audit', `127.0.0.1:${server.port}`, ...asking, ...globs, ...more]);
      return { audit: auditSchema.parse(JSON.parse(stdout)), port: server.port, bytes: server.bytes().join('\n') };
    } finally {
      await server.stop();
    }
  }

  test('never says that name, and the report asks for a --name', async () => {
    const { audit, bytes } = await audited();
    expect(bytes).toContain('MAIL FROM');
    expect(bytes).not.toContain(NAMED);
    const reasons = audit.results.filter(({ verdict }) => verdict === 'skipped').map(({ reason }) => reason);
    expect(reasons).toContain(
      `the server calls itself ${NAMED}, which is not yours by what the audit was told: name it with --name ${NAMED} if it is`,
    );
  });

  test('asks for it where the operator names it', async () => {
    const { bytes } = await audited(['--name', NAMED]);
    expect(bytes).toContain(`@${NAMED}>`);
  });

  test('takes no name out of a saved run that somebody changed', async (context) => {
    const folder = folderFor(context);
    const server = await startScriptServer(liar, `220 ${NAMED} ESMTP ready`);
    context.onTestFinished(() => server.stop());
    const audit = ['audit', `127.0.0.1:${server.port}`, ...asking, ...globs];
    await runProgram([...audit, '--save', folder]);
    const [saved = ''] = readdirSync(folder).map((name) => join(folder, name));
    const record = JSON.parse(readFileSync(saved, 'utf8'));
    const names = { ...record.names, host: NAMED, outside: `v@${NAMED}`, random: NAMED, nobody: `x@${NAMED}` };
    writeFileSync(saved, JSON.stringify({ ...record, names, transcripts: [] }));
    const before = server.bytes().length;
    await runProgram([...audit, '--resume', folder]);
    const resumed = server.bytes().slice(before).join('\n');
    expect(resumed).toContain('RCPT TO');
    expect(resumed).not.toContain(NAMED);
  });
});
