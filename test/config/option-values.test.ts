import { describe, expect, test } from 'vitest';
import { optionFault } from '../../src/config/option-fault.ts';
import { domainName, domains, fills, heloName, mailbox } from '../../src/config/option-values.ts';

const own = (text: string): string | null => optionFault((one) => domains(one, []), text);

describe('--own-domain', () => {
  test.each([
    'example.com',
    '*.example.com',
    'Example.COM',
    'bücher.example',
    'xn--bcher-kva.example',
    'acme.co.uk',
    '*.acme.co.uk',
    '*.test',
    '*.example',
    'localhost',
    'corp',
    'acme.github.io',
    'mail.acme.local',
  ])('takes %s', (text) => {
    expect(own(text)).toBeNull();
  });

  test.each(['com', '*.com', 'COM.', 'co.uk', '*.co.uk', '*.xn--p1ai', '*.рф'])(
    'refuses %s, under which anybody may have a domain',
    (text) => {
      expect(own(text)).toMatch(/holds domains of many owners.*example/);
    },
  );

  test.each([
    ['', 'no domain name'],
    ['alice@example.com', 'no `@`'],
    ['example.com\r\nRCPT TO:<v@victim.org>', 'no `@`'],
    ['example.com\r\nDATA', 'no domain name'],
    ['example .com', 'no domain name'],
    ['[198.51.100.1]', 'an address literal'],
    ['mail.*.com', 'wildcard'],
    ['a..example.com', 'no domain name'],
  ])('refuses %j and says why', (text, why) => {
    expect(own(text)).toContain(why);
    expect(own(text)).not.toMatch(/[\r\n]/);
  });
});

describe('a mailbox', () => {
  const fault = (text: string): string | null => optionFault(mailbox, text);

  test.each([
    'v@example.net',
    'first.last+tag@sub.example.net',
    'v@bücher.example',
    'v@[203.0.113.9]',
    'v@[IPv6:2001:db8::9]',
  ])('may be %s', (text) => {
    expect(fault(text)).toBeNull();
  });

  test.each([
    '',
    'alice',
    '@example.net',
    'alice@',
    'a@b@example.net',
    '<v@example.net>',
    'v@example.net\r\nDATA',
    'v v@example.net',
    'v@*.example.net',
    'v%victim.org@example.net',
    'victim.org!v@example.net',
    'v@[nowhere]',
    'v@-bad-..net',
    'v@com',
    'v@co.uk',
    'v@example.net,w@example.net',
  ])('may not be %j', (text) => {
    expect(fault(text)).not.toBeNull();
    expect(fault(text)).not.toMatch(/[\r\n]/);
  });
});

describe('a host name for EHLO or of the server', () => {
  test.each([
    'client.example.org',
    'localhost',
    'my_host.example',
    '[203.0.113.9]',
    '[IPv6:2001:db8::9]',
    'bücher.example',
  ])('may be %s', (text) => {
    expect(heloName(text)).toBe(text);
  });

  test.each(['', 'a b', 'a\r\nMAIL FROM:<>', '*.example.org', 'a@b.example', '[1.2.3]', '<x>'])(
    'may not be %j',
    (text) => {
      expect(optionFault(heloName, text)).not.toBeNull();
    },
  );
});

test.each(['*.example.com', 'a b', 'x\r\ny', '[203.0.113.9]', 'co.uk'])('a partner may not be %j', (text) => {
  expect(optionFault(domainName, text)).not.toBeNull();
});

test.each(['mx-domain=co.uk', 'mx-domain=*.example.com', 'autoresponder=a@b@example.com', 'outside-literal=[0]x'])(
  '--fill %s is refused',
  (text) => {
    expect(optionFault((one) => fills(one, {}), text)).not.toBeNull();
  },
);
