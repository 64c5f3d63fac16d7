import { expect, test } from 'vitest';
import { vantageClassOf, widestClass } from '../../src/judge/vantage-class.ts';

test.for([
  ['127.0.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['10.88.0.7', 'private'],
  ['172.16.0.1', 'private'],
  ['192.168.1.1', 'private'],
  ['::ffff:10.0.0.1', 'private'],
  ['169.254.1.1', 'private'],
  ['fe80::1%eth0', 'private'],
  ['fd00::1', 'private'],
  ['172.32.0.1', 'public'],
  ['198.51.100.7', 'public'],
  ['100.64.0.1', 'public'],
  ['2001:db8::7', 'public'],
  [null, 'public'],
] as const)('a client at %s is of the class %s', ([address, expected]) => {
  expect(vantageClassOf(address)).toBe(expected);
});

test('of several classes the widest counts', () => {
  expect(widestClass(['private', 'loopback'])).toBe('private');
  expect(widestClass(['loopback', 'public', 'private'])).toBe('public');
  expect(widestClass(['loopback'])).toBe('loopback');
});
