import { domainOf, countingAsOwn, decidingOn, exempting, localPartOf, mistakingForListed } from './defect-decisions.ts';
import {
  addressList,
  anyLiteral,
  bangPath,
  completedSender,
  doubleAt,
  encapsulated,
  foldedDomain,
  following,
  percentHack,
  quotedAddress,
  sourceRoute,
  trailingDot,
  uncheckedSrs,
} from './defect-paths.ts';
import type { GuardSteps } from './steps.ts';

/** A deliberate hole: the steps that it replaces, and what such a guard does in one line. */
export interface Defect {
  readonly title: string;
  readonly steps: Partial<GuardSteps>;
}

/** Names by which a host calls itself. */
const LOOPBACK_NAMES = new Set(['localhost', '[127.0.0.1]']);

const TABLE = {
  'open-relay': { title: 'accepts every recipient from everybody', steps: { decide: exempting(() => true) } },
  'trusts-own-sender': {
    title: 'sends out for everybody who names an own sender',
    steps: { decide: exempting((_request, _facts, _policy, sound) => sound.flow === 'outbound') },
  },
  'internal-from-anybody': {
    title: 'takes mail between own mailboxes from everybody',
    steps: { decide: exempting((_request, _facts, _policy, sound) => sound.flow === 'internal') },
  },
  'suffix-match-without-dot': {
    title: 'takes a domain that ends in the letters of an own one for own',
    steps: { decide: countingAsOwn((domain, own) => domain.endsWith(own) && !domain.endsWith(`.${own}`)) },
  },
  'prefix-match': {
    title: 'takes a domain that begins with an own one for own',
    steps: { decide: countingAsOwn((domain, own) => domain.startsWith(`${own}.`)) },
  },
  'subdomains-are-own': {
    title: 'takes every subdomain of an own domain for own',
    steps: { decide: countingAsOwn((domain, own) => domain.endsWith(`.${own}`)) },
  },
  'unicode-folding': {
    title: 'compares domains after folding foreign letters',
    steps: { forwardPath: foldedDomain },
  },
  'percent-hack-ignored': {
    title: 'routes user%elsewhere@own on to elsewhere',
    steps: { forwardPath: following(percentHack) },
  },
  'bang-path-followed': {
    title: 'routes elsewhere!user@own on to elsewhere',
    steps: { forwardPath: following(bangPath) },
  },
  'quoted-address-followed': {
    title: 'routes "user@elsewhere"@own on to elsewhere',
    steps: { forwardPath: following(quotedAddress) },
  },
  'source-route-followed': {
    title: 'follows a source route whose first hop is own',
    steps: { forwardPath: following(sourceRoute) },
  },
  'double-at-followed': {
    title: 'routes user@elsewhere@own on to elsewhere',
    steps: { forwardPath: following(doubleAt) },
  },
  'trailing-dot-is-own': {
    title: 'does not know a foreign domain again when it ends in a dot',
    steps: { forwardPath: following(trailingDot) },
  },
  'address-list-split': {
    title: 'checks one address of a list and delivers to all of it',
    steps: { forwardPath: addressList },
  },
  'literal-is-own': { title: 'takes every address literal for its own', steps: { forwardPath: anyLiteral } },
  'srs-unchecked': {
    title: 'reverses rewritten senders without checking their hash',
    steps: { forwardPath: following(uncheckedSrs) },
  },
  'encapsulated-address-followed': {
    title: 'unpacks encapsulated addresses and routes them on',
    steps: { forwardPath: following(encapsulated) },
  },
  'null-sender-exempt': {
    title: 'lets the null sender send everywhere',
    steps: { decide: exempting(({ from }) => from === '') },
  },
  'postmaster-sender-exempt': {
    title: 'lets postmaster and mailer-daemon send everywhere',
    steps: { decide: exempting(({ from }) => /^(?:postmaster|mailer-daemon)$/i.test(localPartOf(from))) },
  },
  'localhost-sender-exempt': {
    title: 'lets senders at localhost send everywhere',
    steps: { decide: exempting(({ from }) => LOOPBACK_NAMES.has(domainOf(from) ?? '')) },
  },
  'literal-sender-exempt': {
    title: 'lets senders at an address literal send everywhere',
    steps: { decide: exempting(({ from }) => domainOf(from)?.startsWith('[') === true) },
  },
  'guard-name-sender-exempt': {
    title: "lets senders at the server's own host name send everywhere",
    steps: {
      decide: exempting(({ from }, { guardName }) => domainOf(from)?.toLowerCase() === guardName.toLowerCase()),
    },
  },
  'bare-sender-exempt': {
    title: 'completes a sender without a domain and lets it send everywhere',
    steps: {
      reversePath: completedSender,
      decide: exempting(({ from }) => from !== '' && domainOf(from) === null),
    },
  },
  'sender-equals-recipient-exempt': {
    title: 'lets everybody write to themselves, wherever they are',
    steps: { decide: exempting(({ from, to }) => from.toLowerCase() === to.toLowerCase()) },
  },
  'helo-name-trusted': {
    title: 'lets clients relay that greet with an own name',
    steps: {
      decide: exempting((_request, { helo, guardName }, policy) => {
        const name = helo?.toLowerCase() ?? '';
        return name === guardName.toLowerCase() || LOOPBACK_NAMES.has(name) || policy.ownDomains.includes(name);
      }),
    },
  },
  'auth-attempt-trusted': {
    title: 'takes whoever tried to log in for logged in',
    steps: { login: (facts) => facts.login ?? (facts.triedLogin ? 'somebody' : null) },
  },
  'any-password': { title: 'takes every password', steps: { provesLogin: () => true } },
  'empty-password': {
    title: 'takes an empty password',
    steps: { provesLogin: (attempt) => attempt.verified || attempt.password === '' },
  },
  'login-may-forge': {
    title: 'lets a login send in the name of foreign domains',
    steps: { decide: exempting(({ login }, _facts, _policy, sound) => login !== null && sound.flow === 'relay') },
  },
  'login-survives-starttls': {
    title: 'keeps a login from before STARTTLS',
    steps: { login: (facts) => facts.login ?? facts.staleLogin },
  },
  'mail-auth-parameter-trusted': {
    title: 'takes the AUTH parameter of MAIL for a login',
    steps: {
      takesUnknownParameters: true,
      login: (facts) => facts.login ?? facts.mailParameters.get('AUTH') ?? null,
    },
  },
  'original-recipient-decides': {
    title: 'asks the policy about the ORCPT parameter instead of the recipient',
    steps: {
      takesUnknownParameters: true,
      decide: decidingOn(({ to }, { rcptParameters }) => rcptParameters.get('ORCPT')?.replace(/^rfc822;/i, '') ?? to),
    },
  },
  'first-recipient-decides': {
    title: 'takes every recipient after the first that was admitted',
    steps: { decide: exempting((_request, { admitted }) => admitted > 0) },
  },
  'refused-recipient-kept': {
    title: 'delivers to refused recipients, too, when one was admitted',
    steps: { keepsRefusedRecipients: true },
  },
  'data-accepted-without-recipients': {
    title: 'takes DATA when all recipients were refused, and delivers to them',
    steps: { takesDataWithoutRecipients: true },
  },
  'flag-survives-rset': {
    title: 'takes every recipient once an earlier transaction had an admitted one',
    steps: { decide: exempting((_request, { admittedBefore }) => admittedBefore) },
  },
  'flag-survives-message': {
    title: 'takes every recipient after the first delivered message',
    steps: { decide: exempting((_request, { delivered }) => delivered > 0) },
  },
  'xclient-from-anybody': {
    title: 'believes XCLIENT from everybody',
    steps: { believesXclient: () => true },
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
  'bare-line-feed-ends-data': {
    title: 'ends mail data at a dot between bare line feeds',
    steps: { endsDataAtBareLineFeed: true },
  },
} satisfies Readonly<Record<string, Defect>>;

/** Holes that can be planted in a guard, one at a time. */
export type DefectName = keyof typeof TABLE;

/** Every defect. A guard with one really delivers what it lets through. */
export const DEFECTS: Readonly<Record<DefectName, Defect>> = TABLE;

export const DEFECT_NAMES: readonly DefectName[] = Object.keys(DEFECTS).filter(isDefectName);

function isDefectName(text: string): text is DefectName {
  return Object.hasOwn(DEFECTS, text);
}
