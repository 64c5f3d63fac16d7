import { parseClientAddress } from '../smtp/client-address.ts';
import { decide } from './decide.ts';
import type { PolicySettings } from './settings.ts';
import type { Policy } from './policy.ts';

/** A client address that stands for all that a policy treats alike. */
export interface ClientClass {
  readonly title: string;
  readonly address: string;
  readonly listed: boolean;
}

const LOOKED_AT_ENTRIES = 1000;

/** Addresses to try first, of every kind that a policy may tell apart. */
const CANDIDATES = [
  '10.0.0.10',
  '198.51.100.7',
  '127.0.0.1',
  '192.168.1.1',
  '172.16.0.1',
  '203.0.113.9',
  '8.8.8.8',
  '::1',
  '2001:db8::7',
  'fd00::7',
  'fe80::7',
  '2a00::7',
];

/**
 * One address for each combination of family, listed or not, and named by the allow list or not, as far as the policy has
 * such addresses among the candidates and its own entries.
 */
export function clientClasses(policy: Policy): readonly ClientClass[] {
  const classes = new Map<string, ClientClass>();
  for (const address of [...CANDIDATES, ...entryAddresses(policy.settings)]) {
    const one = clientClassOf(policy, address);
    if (one !== null && !classes.has(one.title)) classes.set(one.title, one);
  }
  return [...classes.values()];
}

/** The class of an address under a policy; null for text that is no address. */
export function clientClassOf(policy: Policy, address: string): ClientClass | null {
  const client = parseClientAddress(address);
  if (client === null) return null;
  const { listed } = decide(policy, { ip: address, login: null, from: '', to: '' });
  const family = client.family === 4 ? 'IPv4' : 'IPv6';
  const named = policy.allow.matches(client) ? ', named' : '';
  return { title: `${family}, ${listed ? 'listed' : 'unlisted'}${named}`, address, listed };
}

/** An address out of each entry, so that a class that only an entry opens is found. What is no address in the end is passed over. */
function entryAddresses({ allowRelayFrom, disallowRelayFrom }: PolicySettings): readonly string[] {
  const firstOf = (part: string): string => (part === '*' ? '7' : (part.split('-')[0] ?? part));
  return [...allowRelayFrom, ...disallowRelayFrom].slice(0, LOOKED_AT_ENTRIES).map((entry) => {
    const base = entry.replace(/\/\d+$/, '');
    return base.includes(':') ? base : base.split('.').map(firstOf).join('.');
  });
}
