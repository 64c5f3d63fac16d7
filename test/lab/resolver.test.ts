import { Resolver } from 'node:dns/promises';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseQuery, respond } from '../../src/lab/dns-message.ts';
import { startResolver } from '../../src/lab/resolver.ts';
import type { Zones } from '../../src/lab/zones.ts';

const ZONES: Zones = {
  ownDomains: ['example.com'],
  server: '198.51.100.1',
  world: '198.51.100.10',
  worldNames: ['smart.isp.net'],
  hosts: { '198.51.100.1': 'postfix.lab.example', '10.99.1.10': 'inside.lab.example' },
  token: 'a1b2',
};

/** Node's own resolver, asking ours. */
async function resolver(): Promise<Resolver> {
  const { port, close } = await startResolver({ host: '127.0.0.1', port: 0 }, ZONES);
  onTestFinished(close);
  const client = new Resolver({ timeout: 2000, tries: 1 });
  client.setServers([`127.0.0.1:${port}`]);
  return client;
}

describe('the resolver of the lab', () => {
  test('leads mail for the own domains to the server and mail for elsewhere to the world', async () => {
    const client = await resolver();
    expect(await client.resolveMx('example.com')).toMatchObject([{ exchange: 'example.com', priority: 10 }]);
    expect(await client.resolve4('example.com')).toEqual(['198.51.100.1']);
    expect(await client.resolve4('sub.Example.COM')).toEqual(['198.51.100.1']);
    expect(await client.resolveMx('example.net')).toMatchObject([{ exchange: 'example.net', priority: 10 }]);
    expect(await client.resolve4('example.net')).toEqual(['198.51.100.10']);
    expect(await client.resolve4('mx1.outside.test')).toEqual(['198.51.100.10']);
    expect(await client.resolve4('smart.isp.net')).toEqual(['198.51.100.10']);
  });

  test('gives every host a name that leads back to it', async () => {
    const client = await resolver();
    expect(await client.reverse('10.99.1.10')).toEqual(['inside.lab.example']);
    expect(await client.resolve4('inside.lab.example')).toEqual(['10.99.1.10']);
  });

  test('has no record where a name has none of that type, and no name where there is none', async () => {
    const client = await resolver();
    await expect(client.resolve6('example.com')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(client.resolveTxt('example.net')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(client.resolve4('isp.net')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(client.resolve4('relayproof.invalid')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(client.reverse('10.99.1.11')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('holds the ownership record of every domain, as nothing leaves the lab', async () => {
    const client = await resolver();
    for (const domain of ['example.com', 'acme.zz', 'mail.elsewhere.zz'])
      expect(await client.resolveTxt(`_relayproof.${domain}`)).toEqual([['relayproof=a1b2']]);
  });

  test('lists nobody, whatever block list is asked', async () => {
    const client = await resolver();
    for (const list of ['zen.spamhaus.org', 'bl.spamcop.net', 'dnsbl.test'])
      await expect(client.resolve4(`10.1.99.10.${list}`)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(client.resolve4('example.org.dbl.spamhaus.org')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('never throws for what it is sent, and answers no response', () => {
    const answer = { exists: true, records: [{ kind: 'A', address: '10.0.0.1' }] } as const;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const query = Buffer.from(bytes);
        const response = respond(query, () => answer);
        expect(response === null).toBe(parseQuery(query) === null);
        if (response !== null) expect(respond(response, () => answer)).toBeNull();
      }),
      { seed: 5, numRuns: 2000 },
    );
  });
});
