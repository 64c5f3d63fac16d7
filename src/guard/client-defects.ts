import type { DefectTable } from './defect.ts';
import { exempting, mistakingForListed } from './defect-decisions.ts';
import { LOOPBACK_NAMES } from './defect-decisions.ts';
import { proxyLineAsXclient } from './defect-lines.ts';

/** Holes in how the client address is found and compared. */
export const CLIENT_DEFECTS = {
  'helo-name-trusted': {
    title: 'lets clients relay that greet with an own name',
    steps: {
      decide: exempting((_request, { helo, guardName }, policy) => {
        const name = helo?.toLowerCase() ?? '';
        return name === guardName.toLowerCase() || LOOPBACK_NAMES.has(name) || policy.ownDomains.includes(name);
      }),
    },
  },
  'bare-loopback-greeting-trusted': {
    title: 'lets clients relay that greet as 127.0.0.1 without brackets',
    steps: { decide: exempting((_request, { helo }) => helo === '127.0.0.1') },
  },
  'reverse-name-greeting-trusted': {
    title: 'lets clients relay that greet with the name that DNS gives for their address',
    steps: { decide: exempting(({ ip }, { helo }) => helo?.startsWith(`${ip.replaceAll('.', '-')}.`) === true) },
  },
  'xclient-from-anybody': {
    title: 'believes XCLIENT from everybody',
    steps: { believesXclient: () => true },
  },
  'xclient-after-login-attempt': {
    title: 'believes XCLIENT from whoever tried to log in',
    steps: { believesXclient: (named, triedLogin) => named || triedLogin },
  },
  'proxy-line-taken-again': {
    title: 'believes PROXY lines in the middle of a session, and XCLIENT',
    steps: { readsLine: proxyLineAsXclient, believesXclient: () => true },
  },
  'xforward-from-anybody': {
    title: 'believes XFORWARD from everybody, and decides on it',
    steps: {
      believesXforward: () => true,
      clientAddress: (facts) => facts.xforward ?? facts.xclient ?? facts.proxied ?? facts.peer,
    },
  },
  'proxy-header-from-anybody': {
    title: 'believes a PROXY header from everybody',
    steps: { believesProxy: () => true },
  },
  'unknown-proxied-trusted': {
    title: 'believes a PROXY header from everybody, and one without an address most of all',
    steps: {
      believesProxy: () => true,
      clientAddress: ({ xclient, proxied, peer }) => xclient ?? (proxied === '' ? '127.0.0.1' : (proxied ?? peer)),
    },
  },
  'mapped-ipv6': {
    title: 'does not know an IPv4 client again in its IPv6 form',
    steps: { decide: mistakingForListed((ip) => /^::ffff:/i.test(ip)) },
  },
  'ipv6-trusted': {
    title: 'checks only IPv4 clients',
    steps: { decide: mistakingForListed((ip) => ip.includes(':') && !/^::ffff:/i.test(ip)) },
  },
  'range-end-plus-one': {
    title: 'reads 172.16-31.*.* as 172.16-32.*.*',
    steps: { decide: mistakingForListed((ip) => ip.startsWith('172.32.')) },
  },
  'address-matched-as-text': {
    title: 'reads 10.* as every address that begins with 10',
    steps: { decide: mistakingForListed((ip) => /^10\d\./.test(ip)) },
  },
} satisfies DefectTable;
