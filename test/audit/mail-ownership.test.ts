import { describe, expect, test } from 'vitest';
import type { AuditIdentities } from '../../src/audit/request.ts';
import { mailMustBeOurs } from '../../src/audit/mail-ownership.ts';
import type { NameService } from '../../src/target/name-service.ts';
import { checkOwnership } from '../../src/target/ownership.ts';

const IDENTITIES: AuditIdentities = {
  ownDomains: ['acme.zz', '*.sub.acme.zz', '*.wild.zz', 'lab.test'],
  ownUsers: ['alice@acme.zz'],
  outside: 'v@outside.zz',
  from: 's@sender.zz',
  helo: 'c.test',
  partner: 'partner.zz',
  weakLogins: [],
  fills: { 'mx-domain': 'backup.zz' },
};
const TOKEN = 'a1b2';
const PUBLIC = { isPublic: true, addresses: ['8.8.8.8'] };
const PRIVATE = { isPublic: false, addresses: ['10.0.0.1'] };

/** DNS in which these domains carry the record; `asked` fills with every name that was looked up. */
function dnsWith(owned: readonly string[], asked: string[] = []): NameService {
  const hosts: Readonly<Record<string, readonly string[]>> = { 'mx.outside.zz': ['8.8.4.4'] };
  return {
    addresses: (host) => Promise.resolve(hosts[host] ?? []),
    mailExchangers: (domain) => Promise.resolve(domain === 'outside.zz' ? ['mx.outside.zz'] : []),
    reverseNames: () => Promise.resolve([]),
    texts: (name) => {
      asked.push(name);
      return Promise.resolve(owned.some((domain) => name === `_relayproof.${domain}`) ? [`relayproof=${TOKEN}`] : []);
    },
  };
}

async function missing(
  changes: Partial<AuditIdentities>,
  targets: typeof PUBLIC,
  owned: readonly string[] = [],
): Promise<readonly string[]> {
  try {
    await mailMustBeOurs({ ...IDENTITIES, ...changes }, targets, TOKEN, dnsWith(owned));
    return [];
  } catch (error) {
    const lines = error instanceof Error ? error.message.split('\n') : [];
    return lines.map((line) => /(?:mail for|mail to) (\S+ \([^)]*\))/.exec(line)?.[1] ?? line);
  }
}

const FOREIGN = [
  'outside.zz (--outside)',
  'sender.zz (--from)',
  'partner.zz (--partner)',
  'backup.zz (--fill mx-domain)',
];
const OWNED = ['acme.zz', 'wild.zz', 'outside.zz', 'sender.zz', 'partner.zz', 'backup.zz'];

describe('the domains that an audit sends mail for', () => {
  test('have to carry the ownership record, own ones too where the target is public; all that have none are told at once', async () => {
    expect(await missing({}, PUBLIC)).toEqual([
      'acme.zz (--own-domain)',
      'sub.acme.zz (--own-domain)',
      'wild.zz (--own-domain)',
      ...FOREIGN,
    ]);
  });

  test('need none for own domains of a server on loopback or a private network', async () => {
    expect(await missing({}, PRIVATE)).toEqual(FOREIGN);
  });

  test('are proved by the record of the domain or of one above it', async () => {
    expect(await missing({}, PUBLIC, OWNED)).toEqual([]);
    expect(await missing({}, PUBLIC, OWNED.slice(1))).toEqual(['acme.zz (--own-domain)', 'sub.acme.zz (--own-domain)']);
  });

  test('need none where they are reserved', async () => {
    const reserved = {
      ownDomains: ['example.com', 'mail.test'],
      outside: 'v@example.net',
      from: 's@example.org',
      partner: null,
      fills: {},
    };
    expect(await missing(reserved, PUBLIC)).toEqual([]);
  });

  test('may be own domains for a sender of a private server', async () => {
    expect(await missing({ from: 'bob@acme.zz', outside: 'v@a.test', partner: null, fills: {} }, PRIVATE)).toEqual([]);
  });

  test('are not taken from `.local`, which companies use', async () => {
    const local = { ownDomains: ['corp.local'], outside: 'v@a.local', from: 's@a.test', partner: null, fills: {} };
    expect(await missing(local, PUBLIC)).toEqual(['corp.local (--own-domain)', 'a.local (--outside)']);
  });
});

describe('the literal elsewhere', () => {
  const literal = (text: string, owned: readonly string[] = OWNED) =>
    missing({ fills: { 'outside-literal': text } }, PUBLIC, owned);

  test.each(['[8.8.4.4]', '[10.0.0.9]', '[127.0.0.1]', '[203.0.113.9]', '[IPv6:2001:db8::9]', '[8.8.8.8]'])(
    'may be %s: nobody’s, the target’s own, or of a mail host of the outside domain',
    async (text) => {
      expect(await literal(text)).toEqual([]);
    },
  );

  test.each(['[9.9.9.9]', '[IPv6:2a00::9]', '[IPv6:::ffff:9.9.9.9]'])(
    'may not be %s, which is a stranger',
    async (text) => {
      expect(await literal(text)).toEqual([`${text} (--fill outside-literal)`]);
    },
  );
});

describe('an ownership record', () => {
  test('is never looked for at a public suffix, whose owner owns nothing below it', async () => {
    const asked: string[] = [];
    await checkOwnership('mail.acme.co.uk', TOKEN, dnsWith([], asked));
    expect(asked).toEqual(['_relayproof.mail.acme.co.uk', '_relayproof.acme.co.uk']);
  });

  test('that cannot be looked up proves nothing, and the reason is told', async () => {
    const failing: NameService = { ...dnsWith([]), texts: () => Promise.reject(new Error('queryTxt ESERVFAIL')) };
    expect(await checkOwnership('acme.zz', TOKEN, failing)).toMatchObject({
      kind: 'unproved',
      why: expect.stringContaining('ESERVFAIL'),
    });
  });
});
