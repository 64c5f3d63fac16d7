import { describe, expect, test } from 'vitest';
import { isLoopbackInEveryReading } from '../../src/session/literal-readings.ts';
import { recipientsOutOfScope } from '../../src/session/recipients.ts';

describe('an address literal', () => {
  test.each([
    '[127.0.0.1]',
    '[127.255.3.4]',
    '[127.1]',
    '[2130706433]',
    '[0x7f.0.0.1]',
    '[383.0.0.1]',
    '[IPv6:::1]',
    '[ipv6:::ffff:127.0.0.1]',
    '[ipv6:::ffff:7f00:1]',
  ])('%s ends at this host in every reading', (literal) => {
    expect(isLoopbackInEveryReading(literal)).toBe(true);
  });

  test.each([
    // One reading is this host, another one is somebody's.
    '[0177.0.0.1]',
    '[127.0.0.1.5]',
    '[321.1.2.3]',
    '[8.8.8.8]',
    '[1]',
    '[IPv6:::ffff:8.8.8.8]',
    '[IPv6:2001:db8::1]',
    '[somebody.zz]',
    '[]',
    '127.0.0.1',
  ])('%s may name another host', (literal) => {
    expect(isLoopbackInEveryReading(literal)).toBe(false);
  });
});

describe('the scope of recipients', () => {
  const scope = {
    ownDomains: ['target.zz'],
    outside: 'v@auditor.zz',
    targetNames: ['[198.51.100.25]', 'mx.target.zz'],
    auditorNames: ['[198.51.100.99]', 'backup.yy'],
  };

  test.each([
    '<v@auditor.zz>',
    '<v@fresh.auditor.zz>',
    '<v@.auditor.zz>',
    '<v@auditor.zz..>',
    '<alice@target.zz\u3002auditor.zz>',
    '<alice@target.zz\uFF0Eauditor.zz>',
    '<alice@target.zz\u200B.auditor.zz>',
    '<alice@target.zz\u202E.auditor.zz>',
    '<alice@target.zz\0.auditor.zz>',
    '<v@[127.1]>',
    '<v%[198.51.100.99]@target.zz>',
    '<[198.51.100.99]!v@target.zz>',
    '<v@backup.yy>',
    '<IMCEASMTP-v+40auditor.zz@target.zz>',
    '<alice+v=auditor.zz@target.zz>',
  ])('holds %s', (path) => {
    expect(recipientsOutOfScope(`RCPT TO:${path}`, scope)).toEqual([]);
  });

  test.each([
    ['<v@somebody.zz>', 'somebody.zz'],
    ['<v@notauditor.zz>', 'notauditor.zz'],
    ['<v@auditor.zz.somebody.yy>', 'auditor.zz.somebody.yy'],
    ['<v@somebody.zz\0.target.zz>', 'somebody.zz'],
    ['<v@somebody.zz\u3002target.zz>', 'somebody.zz'],
    ['<v@below.backup.yy>', 'below.backup.yy'],
    ['<v@[321.1.2.3]>', '[321.1.2.3]'],
    ['<IMCEASMTP-v+40somebody.zz@target.zz>', 'somebody.zz'],
    ['<alice+v=somebody.zz@target.zz>', 'somebody.zz'],
    ['<v%somebody@target.zz>', 'somebody'],
    ['<alice@target.zz>,<v@somebody.zz>', 'somebody.zz'],
  ])('does not hold %s', (path, name) => {
    expect(recipientsOutOfScope(`RCPT TO:${path}`, scope)).toEqual([name]);
  });
});
