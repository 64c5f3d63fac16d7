import { domainToASCII } from 'node:url';

/**
 * The relay policy written down a second time, as literally as its definition reads and as slowly as that takes. It shares
 * no code with `src`, not even the reading of addresses, so that a mistake must be made twice to go unseen.
 */
export interface TablePolicy {
  readonly domains: readonly string[];
  readonly users: readonly string[];
  readonly hasLogins: boolean;
  readonly allowRelayFrom: readonly string[];
  readonly disallowRelayFrom: readonly string[];
  /** [internal, outbound, relay] x [toListedIps, toAuthenticated] */
  readonly switches: readonly (readonly [boolean, boolean])[];
  readonly domainRestrictSend: boolean;
  readonly userRestrictSend: boolean;
}

export interface TableRequest {
  readonly ip: string;
  readonly login: string | null;
  readonly from: string;
  readonly to: string;
}

/** Every address is one number of 129 bits: IPv6 below 2^128, IPv4 from there on. */
const IPV4_BASE = 1n << 128n;

export function addressNumber(text: string): bigint {
  if (!text.includes(':')) {
    return IPV4_BASE + text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  }
  let bare = (text.split('%')[0] ?? '').toLowerCase();
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare);
  if (dotted) {
    const [, head = '', a, b, c, d] = dotted;
    bare = `${head}${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`;
  }
  const sides = bare.split('::').map((side) => side.split(':').filter((group) => group !== ''));
  const [left = [], right = []] = sides;
  const zeros = sides.length === 2 ? Array<string>(8 - left.length - right.length).fill('0') : [];
  const number = BigInt(`0x${[...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join('')}`);
  return number >> 32n === 0xffffn ? IPV4_BASE + (number & 0xffffffffn) : number;
}

export function entryMatches(entry: string, ip: bigint): boolean {
  if (entry === '*' || entry === '*.*.*.*') return true;
  const isIpv4 = ip >= IPV4_BASE;
  if (entry.includes(':')) {
    const [address = '', length = '128'] = entry.split('/');
    const network = addressNumber(address);
    if (network >= IPV4_BASE && Number(length) >= 96) {
      const shift = 128n - BigInt(length);
      return isIpv4 && ip >> shift === network >> shift;
    }
    const shift = 128n - BigInt(length);
    const raw = network >= IPV4_BASE ? network - IPV4_BASE + (0xffffn << 32n) : network;
    return !isIpv4 && ip >> shift === raw >> shift;
  }
  if (!isIpv4) return false;
  if (entry.includes('/')) {
    const [address = '', length = ''] = entry.split('/');
    const shift = 32n - BigInt(length);
    return ip >> shift === addressNumber(address) >> shift;
  }
  const octets = [24n, 16n, 8n, 0n].map((shift) => Number(((ip - IPV4_BASE) >> shift) & 255n));
  return entry.split('.').every((part, index) => {
    const octet = octets[index] ?? -1;
    if (part === '*') return true;
    const [low, high = low] = part.split('-').map(Number);
    return low !== undefined && high !== undefined && low <= octet && octet <= high;
  });
}

/** Two spellings of a domain are the same name; numbers are kept from the URL rules, which would make addresses of them. */
function sameDomain(a: string, b: string): boolean {
  const key = (domain: string): string => {
    const plain = /^[\x20-\x7e]*$/.test(domain) ? domain.toLowerCase() : domainToASCII(domain);
    return plain.endsWith('.') ? plain.slice(0, -1) : plain;
  };
  return key(a) === key(b);
}

function isOwnDomain(policy: TablePolicy, domain: string): boolean {
  return policy.domains.some((own) => {
    if (!own.startsWith('*.')) return sameDomain(own, domain);
    const labels = domain.split('.');
    return labels.some((_, index) => index > 0 && sameDomain(own.slice(2), labels.slice(index).join('.')));
  });
}

/** What stands right of the last `@` outside quotes; null where there is none. Reads from the left, one character a time. */
function rightSide(address: string): { readonly left: string; readonly right: string | null } {
  const unquotedAts: number[] = [];
  for (let index = 0, inside = false; index < address.length; index += 1) {
    if (address[index] === '\\') {
      index += 1;
      continue;
    }
    if (address[index] === '"') inside = !inside;
    if (address[index] === '@' && !inside) unquotedAts.push(index);
  }
  const last = unquotedAts.pop();
  if (last === undefined) return { left: address, right: null };
  return { left: address.substring(0, last), right: address.substring(last + 1) };
}

function senderIsOwn(policy: TablePolicy, from: string): boolean {
  const { right } = rightSide(from);
  return right !== null && isOwnDomain(policy, right);
}

function recipientIsOwn(policy: TablePolicy, to: string): boolean {
  const routed = /^@[^:[]*(?:\[[^\]]*\][^:[]*)*:(.*)$/.exec(to);
  const { left, right } = rightSide(routed?.[1] ?? to);
  if (right !== null && !isOwnDomain(policy, right)) return false;
  return !['%', '!', '@'].some((operator) => left.includes(operator));
}

function isListedUser(policy: TablePolicy, from: string): boolean {
  const sender = rightSide(from);
  return policy.users.some((user) => {
    const listed = rightSide(user);
    if (listed.left.toLowerCase() !== sender.left.toLowerCase()) return false;
    return listed.right !== null && sender.right !== null && sameDomain(listed.right, sender.right);
  });
}

export interface TableAnswer {
  readonly action: string;
  readonly flow: string;
  readonly listed: boolean;
  readonly violated: readonly string[];
  readonly code?: number;
}

function answer(policy: TablePolicy, request: TableRequest, authenticated: boolean): TableAnswer {
  const ip = addressNumber(request.ip);
  const onAllow = policy.allowRelayFrom.some((entry) => entryMatches(entry, ip));
  const onDisallow = policy.disallowRelayFrom.some((entry) => entryMatches(entry, ip));
  const listed = policy.allowRelayFrom.length === 0 || policy.disallowRelayFrom.length === 0 || onAllow || !onDisallow;
  const ownSender = senderIsOwn(policy, request.from);
  const ownRecipient = recipientIsOwn(policy, request.to);
  const flow = [
    ['relay', 'outbound'],
    ['inbound', 'internal'],
  ][Number(ownRecipient)]?.[Number(ownSender)];
  const exempt = request.from === '' && (authenticated || onAllow);
  const rows: readonly (readonly [string, boolean])[] = [
    ...['internal', 'outbound', 'relay'].flatMap((name, index) => {
      const [toListedIps = false, toAuthenticated = false] = policy.switches[index] ?? [];
      const setting = `restrict${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      return [
        [`${setting}.toListedIps`, flow === name && toListedIps && !listed && !authenticated],
        [`${setting}.toAuthenticated`, flow === name && toAuthenticated && !authenticated],
      ] as const;
    }),
    ['domainRestrictSend', policy.domainRestrictSend && !ownRecipient && !ownSender && !exempt],
    ['userRestrictSend', policy.userRestrictSend && !ownRecipient && !isListedUser(policy, request.from) && !exempt],
  ];
  const violated = rows.filter(([, broken]) => broken).map(([rule]) => rule);
  return { action: violated.length === 0 ? 'accept' : 'refuse', flow: flow ?? '', listed, violated };
}

/** What the policy says, by the table alone. */
export function tableDecision(policy: TablePolicy, request: TableRequest): TableAnswer {
  const authenticated = request.login !== null && request.login !== '';
  const plain = answer(policy, request, authenticated);
  if (plain.action === 'accept') return plain;
  const withLogin = answer(policy, request, true);
  return { ...plain, code: policy.hasLogins && withLogin.action === 'accept' ? 530 : 550 };
}
