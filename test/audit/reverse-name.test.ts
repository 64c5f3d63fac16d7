import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { auditNames, recipientScope } from '../../src/audit/names.ts';
import type { AuditIdentities } from '../../src/audit/request.ts';
import { startResolver } from '../../src/lab/resolver.ts';
import { nameService } from '../../src/target/name-service.ts';
import { withReverseName } from '../../src/audit/reverse-name.ts';
import { skipText } from '../../src/judge/skip-text.ts';
import { reverseLookupName } from '../../src/target/reverse-lookup.ts';

const IDENTITIES: AuditIdentities = {
  ownDomains: ['example.com'],
  ownUsers: [],
  outside: 'v@outside.test',
  from: 's@sender.test',
  helo: 'c.test',
  partner: null,
  weakLogins: [],
};
const OWN = '198.51.100.7';
const NAME = 'client.isp.test';
const TARGET = { address: '198.51.100.25', name: 'mx.example.com' };

describe('the reverse name of this host', () => {
  test('is what the DNS server of --dns has for its address', async () => {
    const zones = { ownDomains: [], server: OWN, world: OWN, worldNames: [], hosts: { [OWN]: NAME }, token: '' };
    const { port, close } = await startResolver({ host: '127.0.0.1', port: 0 }, zones);
    onTestFinished(close);
    const { reverseNames } = nameService(`127.0.0.1:${port}`);
    expect(await reverseNames(OWN)).toEqual([NAME]);
    expect(await reverseNames('198.51.100.8')).toEqual([]);
  });

  test('is not waited for where DNS does not answer', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    expect(await nameService(`127.0.0.1:${silent.address().port}`).reverseNames(OWN)).toEqual([]);
  });

  test.each([
    [OWN, '7.100.51.198.in-addr.arpa'],
    ['2001:db8::7', `7.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`],
    ['::ffff:198.51.100.7', '7.100.51.198.in-addr.arpa'],
  ])('of %s is looked up at %s', (address, name) => {
    expect(reverseLookupName(address)).toBe(name);
  });
});

describe('an audit that greets with its reverse name', () => {
  const after = async (own: string | null, answer: readonly string[]): Promise<AuditIdentities> =>
    withReverseName(IDENTITIES, own, () => Promise.resolve(answer));

  test('takes the first name that can be said in a greeting, and names it to nobody as a recipient', async () => {
    const identities = await after(OWN, ['a b\r\nRCPT TO:<v@x.test>', 'Client.ISP.test', 'other.test']);
    expect(auditNames(identities, TARGET, null, () => 'fffffffffffe')['own-reverse-name']).toBe(NAME);
    expect(JSON.stringify(recipientScope(identities, TARGET, null))).not.toContain(NAME);
  });

  test('looks nothing up for an address that no other host sees', async () => {
    const refuse = (): Promise<never> => Promise.reject(new Error('asked'));
    for (const own of ['127.0.0.2', '::1', 'fe80::7', null])
      expect(await withReverseName(IDENTITIES, own, refuse)).toBe(IDENTITIES);
    expect(await withReverseName(IDENTITIES, OWN, undefined)).toBe(IDENTITIES);
  });

  test('is left out with the reason where there is no such name', async () => {
    expect(auditNames(await after(OWN, []), TARGET, null, () => 'fffffffffffe')['own-reverse-name']).toBeUndefined();
    expect(skipText({ kind: 'missing-name', placeholder: 'own-reverse-name' })).toBe(
      'needs the name that DNS gives for the address of this host, and no PTR record was found for it within a second',
    );
  });
});
