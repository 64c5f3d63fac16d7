import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddressEntry } from '../../src/policy/address-entry.ts';
import type { AddressEntry } from '../../src/policy/address-entry.ts';
import { compileAddressList } from '../../src/policy/address-matcher.ts';
import { parseClientAddress } from '../../src/smtp/client-address.ts';
import { longList, randomOctets } from '../bench/long-list.ts';
import { clientText, entryText, SEED, tableOf, examplePolicy } from './arbitrary-policy.ts';
import { tableDecision } from './truth-table.ts';

function entriesOf(texts: readonly string[]): AddressEntry[] {
  return texts.flatMap((text) => {
    const parsed = parseAddressEntry(text);
    return parsed.kind === 'ok' ? [parsed.entry] : [];
  });
}

function matches(texts: readonly string[], client: string): boolean {
  const address = parseClientAddress(client);
  if (address === null) throw new Error(client);
  return compileAddressList(entriesOf(texts)).matches(address);
}

const EXAMPLE = tableOf(examplePolicy({ allowRelayFrom: ['::dead:beef:0:1'] }).settings);

/** Whether the truth table finds a client on a list: as the disallow list, it then is all that unlists the client. */
function tableMatches(texts: readonly string[], ip: string): boolean {
  const table = { ...EXAMPLE, disallowRelayFrom: texts };
  return !tableDecision(table, { ip, login: null, from: '', to: '' }).listed;
}

describe('a compiled list', () => {
  test.each([
    ['172.16-31.*.*', '172.16.0.0', true],
    ['172.16-31.*.*', '172.31.255.255', true],
    ['172.16-31.*.*', '172.15.255.255', false],
    ['172.16-31.*.*', '172.32.0.0', false],
    ['10.1.*.*', '10.10.0.1', false],
    ['*.*.*.7', '1.2.3.7', true],
    ['*.*.*.7', '1.2.3.8', false],
    ['10-20.*.5-9.*', '20.0.9.255', true],
    ['10-20.*.5-9.*', '20.0.10.0', false],
    ['10-20.*.5-9.*', '21.0.9.0', false],
    ['*.*.*.*', '2001:db8::1', true],
    ['*', '1.2.3.4', true],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '::1', true],
    ['::/0', '1.2.3.4', false],
    ['::/0', '::ffff:1.2.3.4', false],
    ['::ffff:0:0/95', '::ffff:1.2.3.4', false],
    ['::ffff:0:0/95', '::fffe:1.2.3.4', true],
    ['::ffff:0:0/96', '1.2.3.4', true],
    ['1.2.3.4', '::ffff:1.2.3.4', true],
    ['fe80::1', 'fe80::1%eth0', true],
    ['2001:db8::/33', '2001:db8:7fff::', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['2001:db8::/97', '2001:db8::7fff:ffff', true],
    ['2001:db8::/97', '2001:db8::8000:0', false],
    ['::1', '::2', false],
    ['::1', '::', false],
  ])('of `%s` holds %s: %s', (entry, client, held) => {
    expect(matches([entry], client)).toBe(held);
    expect(tableMatches([entry], client)).toBe(held);
  });

  test('is blank without entries only, and then matches nothing', () => {
    expect(compileAddressList([]).isBlank).toBe(true);
    expect(matches([], '1.2.3.4')).toBe(false);
    expect(matches([], '::1')).toBe(false);
    expect(compileAddressList(entriesOf(['1.2.3.4'])).isBlank).toBe(false);
    expect(compileAddressList(entriesOf(['*'])).isBlank).toBe(false);
  });

  test('nested, repeated and adjacent entries do not disturb each other', () => {
    const list = [
      '10.0.0.0/8',
      '10.1.0.0/16',
      '11.0.0.0/8',
      '9.255.255.255',
      '2001:db8::/32',
      '2001:db8:1::/48',
      '2001:db9::/32',
    ];
    for (const inside of [
      '9.255.255.255',
      '10.0.0.0',
      '10.1.2.3',
      '10.200.0.0',
      '11.255.255.255',
      '2001:db8:2::',
      '2001:db8:1::',
      '2001:db9::1',
    ]) {
      expect(matches(list, inside), inside).toBe(true);
    }
    for (const outside of ['9.255.255.254', '12.0.0.0', '2001:dba::', '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff']) {
      expect(matches(list, outside), outside).toBe(false);
    }
  });

  test('holds exactly the addresses of its entries', () => {
    fc.assert(
      fc.property(
        fc.array(entryText, { minLength: 1, maxLength: 12 }),
        fc.array(clientText, { minLength: 8, maxLength: 8 }),
        (texts, clients) => {
          const matcher = compileAddressList(entriesOf(texts));
          for (const client of clients) {
            const address = parseClientAddress(client);
            expect(address !== null && matcher.matches(address), `${texts.join(' ')} ${client}`).toBe(
              tableMatches(texts, client),
            );
          }
        },
      ),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test('of thousands of entries, many of them no contiguous range, holds the same addresses as entry by entry', () => {
    const texts = longList(3000, 1500);
    const matcher = compileAddressList(entriesOf(texts));
    const octets = randomOctets(4 * 200, 99);
    const near = entriesOf(texts).flatMap((entry, index) =>
      index % 40 === 0 && entry.kind === 'ipv4' ? [entry.octets.map(({ high }) => high).join('.')] : [],
    );
    const far = Array.from({ length: 200 }, (_, index) => octets.slice(index * 4, index * 4 + 4).join('.'));
    const held = [...near, ...far].filter((client) => {
      const address = parseClientAddress(client);
      const answer = address !== null && matcher.matches(address);
      expect(answer, client).toBe(tableMatches(texts, client));
      return answer;
    });
    expect(held.length).toBeGreaterThanOrEqual(near.length);
    expect(held.length).toBeLessThan(near.length + far.length);
  });
});
