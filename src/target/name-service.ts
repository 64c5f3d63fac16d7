import { lookup, Resolver } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { reverseLookupName, type ReverseNames } from './reverse-lookup.ts';

/** Nothing but one scenario depends on the answer. */
const REVERSE_MS = 1000;

/** The look-ups that an audit makes; each is made once, and what it said is what is connected to. */
export interface NameService {
  /** IP addresses of a host; an address is its own. Rejects with Node's DNS errors. */
  readonly addresses: (host: string) => Promise<readonly string[]>;
  /** MX hosts of a domain, most preferred first (RFC 5321 §5.1); `''` is a null MX (RFC 7505). */
  readonly mailExchangers: (domain: string) => Promise<readonly string[]>;
  /** Names of an address (PTR); empty where there are none, or none comes within a second. */
  readonly reverseNames: ReverseNames;
  /** TXT records, each in one piece; empty where there are none. */
  readonly texts: (name: string) => Promise<readonly string[]>;
}

/** @param server `ADDR:PORT` of a DNS server to ask instead of the system's */
export function nameService(server: string | null): NameService {
  const resolver = new Resolver({ timeout: 5000, tries: 2 });
  if (server !== null) resolver.setServers([server]);
  return {
    addresses: async (host) => {
      // In one spelling: `127.1` and `010.0.0.1` are read in several ways.
      if (ipaddr.isValid(host)) return [ipaddr.parse(host).toString()];
      // The system's way knows /etc/hosts as well.
      return server === null
        ? (await lookup(host, { all: true })).map(({ address }) => address)
        : askBoth(resolver, host);
    },
    mailExchangers: async (domain) => {
      const records = await resolver.resolveMx(domain);
      return records.sort((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
    },
    reverseNames: async (address) => namesOf(address, server),
    texts: async (name) => {
      try {
        return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
      } catch (error) {
        if (isAbsent(error)) return [];
        throw error;
      }
    },
  };
}

/** The resolver's own time limit holds for each of its servers, so the whole is cut off as well. */
async function namesOf(address: string, server: string | null): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: REVERSE_MS, tries: 1 });
  if (server !== null) resolver.setServers([server]);
  const deadline = setTimeout(() => {
    resolver.cancel();
  }, REVERSE_MS);
  try {
    return await resolver.resolvePtr(reverseLookupName(address));
  } catch {
    return [];
  } finally {
    clearTimeout(deadline);
  }
}

async function askBoth(resolver: Resolver, host: string): Promise<readonly string[]> {
  const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found = [four, six].flatMap((settled) => (settled.status === 'fulfilled' ? settled.value : []));
  if (found.length === 0 && four.status === 'rejected') throw four.reason;
  return found;
}

/** No such name, or no record of that type: an answer, not a failure. */
function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'ENODATA');
}
