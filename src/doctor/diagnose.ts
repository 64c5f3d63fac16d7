/** What this machine is, as far as it can be known without a word to anybody else. */
export interface MachineFacts {
  readonly node: string;
  readonly now: Date;
  /** When the program was installed here. */
  readonly installed: Date;
  /** Addresses of this host that are not loopback. */
  readonly addresses: readonly {
    readonly address: string;
    readonly family: 4 | 6;
    readonly scope: 'global' | 'local';
  }[];
  readonly defaultRoute: { readonly ipv4: boolean; readonly ipv6: boolean };
  /** Who runs the machine, where that is known to block outgoing mail; null elsewhere. */
  readonly blocker: string | null;
  /** Null where a catcher can listen on port 25. */
  readonly catchRefusal: 'not-permitted' | 'taken' | null;
  /** Why no network namespaces can be made; null where they can. */
  readonly namespaceRefusal: string | null;
  /** Mail servers that a recipe of the lab could run. */
  readonly servers: readonly string[];
  readonly nameServers: readonly string[];
  /** How the name server answered that was named; null where none was. */
  readonly dns: { readonly server: string; readonly failure: string | null } | null;
}

export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly says: string;
  /** What to do; empty where nothing is to be done. */
  readonly advice: string;
}

const YEAR_MS = 365 * 86_400_000;
/** A program this old is rather a clock that runs ahead. */
const MOST_YEARS = 15;

/** Whether audits can work from here. Pure: facts in, checks out. */
export function diagnose(facts: MachineFacts): readonly Check[] {
  return [
    { name: 'node', state: 'ok', says: facts.node, advice: '' },
    clock(facts),
    addresses(facts),
    ipv6(facts),
    portOut(facts),
    dns(facts),
    catching(facts),
    namespaces(facts),
    servers(facts),
  ];
}

function clock({ now, installed }: MachineFacts): Check {
  const ahead = now.getTime() - installed.getTime();
  const says = `it is ${now.toISOString()}`;
  if (ahead < -86_400_000) {
    const advice = `that is before this program was installed (${installed.toISOString()}): set the clock, waivers and canaries go by it`;
    return { name: 'clock', state: 'fail', says, advice };
  }
  return ahead > MOST_YEARS * YEAR_MS
    ? { name: 'clock', state: 'warn', says, advice: 'is that so? Waivers and canaries go by the clock' }
    : { name: 'clock', state: 'ok', says, advice: '' };
}

function addresses({ addresses: all, defaultRoute }: MachineFacts): Check {
  const ipv4 = all.filter(({ family }) => family === 4).map(({ address }) => address);
  const name = 'addresses';
  if (all.length === 0)
    return { name, state: 'fail', says: 'loopback only', advice: 'servers on this host can be audited, and no others' };
  const says = ipv4.length > 0 ? `IPv4 ${ipv4.join(', ')}` : 'no IPv4 address';
  if (!defaultRoute.ipv4 && !defaultRoute.ipv6)
    return {
      name,
      state: 'warn',
      says: `${says}, no default route`,
      advice: 'only servers of this network can be audited',
    };
  const advice = all.length > 1 ? 'each can be a vantage: --vantage bind=ADDR' : '';
  return { name, state: 'ok', says, advice };
}

function ipv6({ addresses: all, defaultRoute }: MachineFacts): Check {
  const global = all.filter(({ family, scope }) => family === 6 && scope === 'global').map(({ address }) => address);
  if (global.length > 0 && defaultRoute.ipv6) return { name: 'ipv6', state: 'ok', says: global.join(', '), advice: '' };
  return {
    name: 'ipv6',
    state: 'warn',
    says: global.length > 0 ? 'an address, but no route' : 'no public address',
    advice: 'lists that forget IPv6 are a common hole: audit from a host that has it, too',
  };
}

function portOut({ blocker, defaultRoute }: MachineFacts): Check {
  const name = 'port 25 out';
  if (blocker !== null) {
    const advice =
      'audit from a host of your own, or try the configuration with `relayproof lab`, which needs no network';
    return { name, state: 'warn', says: `${blocker} blocks it, as a rule`, advice };
  }
  return defaultRoute.ipv4 || defaultRoute.ipv6
    ? {
        name,
        state: 'ok',
        says: 'nothing here speaks against it',
        advice: 'only a session with a server of yours can tell',
      }
    : { name, state: 'warn', says: 'there is no way out of this network', advice: 'fine for servers inside of it' };
}

function dns({ dns: asked, nameServers }: MachineFacts): Check {
  if (asked !== null) {
    return asked.failure === null
      ? { name: 'dns', state: 'ok', says: `${asked.server} answers`, advice: '' }
      : {
          name: 'dns',
          state: 'fail',
          says: `${asked.server}: ${asked.failure}`,
          advice: 'name another with --dns ADDR:PORT',
        };
  }
  return nameServers.length > 0
    ? { name: 'dns', state: 'ok', says: `configured: ${nameServers.join(', ')}`, advice: '--dns ADDR:PORT asks one' }
    : {
        name: 'dns',
        state: 'warn',
        says: 'no name server is configured',
        advice: 'name one with --dns, or hosts by address',
      };
}

function catching({ catchRefusal }: MachineFacts): Check {
  const name = 'catching on port 25';
  switch (catchRefusal) {
    case null:
      return { name, state: 'ok', says: 'possible', advice: '' };
    case 'not-permitted':
      return {
        name,
        state: 'warn',
        says: 'not permitted',
        advice: 'run as root, or catch above port 1023 and send mail there',
      };
    case 'taken':
      return { name, state: 'warn', says: 'something listens there', advice: 'catch on another address or port' };
  }
}

function namespaces({ namespaceRefusal }: MachineFacts): Check {
  return namespaceRefusal === null
    ? { name: 'namespaces', state: 'ok', says: '`relayproof lab` can be used', advice: '' }
    : {
        name: 'namespaces',
        state: 'warn',
        says: namespaceRefusal,
        advice: 'the lab needs root (in a container: NET_ADMIN and SYS_ADMIN)',
      };
}

function servers({ servers: found }: MachineFacts): Check {
  return found.length > 0
    ? { name: 'servers', state: 'ok', says: found.join(', '), advice: '' }
    : {
        name: 'servers',
        state: 'warn',
        says: 'neither Postfix nor Exim is here',
        advice: 'their lab recipes need them',
      };
}
