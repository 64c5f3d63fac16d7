import type { DefectTable } from './defect.ts';
import { countingAsOwn, domainOf, exempting, localPartOf } from './defect-decisions.ts';
import { cutAtNul, joinedPaths, laxPath } from './defect-lines.ts';
import { atWord, doubleHyphen, equalsSign, hashSign, uncheckedBatv, underscore } from './defect-packings.ts';
import {
  addressList,
  anyLiteral,
  bangPath,
  comment,
  completedRecipient,
  doubleAt,
  emptyAddress,
  encapsulated,
  extension,
  foldedDomain,
  following,
  oddLocalPart,
  percentHack,
  quotedAddress,
  sourceRoute,
  tidiedDomain,
  trailingDot,
  uncheckedSrs,
} from './defect-paths.ts';

/** Holes in how a recipient is read. */
export const RECIPIENT_DEFECTS = {
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
  'top-level-relayed': {
    title: 'relays to a whole top-level domain',
    steps: { decide: exempting(({ to }) => domainOf(to)?.endsWith('.example') === true) },
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
    steps: { readsLine: joinedPaths, forwardPath: addressList },
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
  'extension-followed': {
    title: 'routes user+name=elsewhere@own on to elsewhere',
    steps: { forwardPath: following(extension) },
  },
  'equals-sign-followed': {
    title: 'routes user=elsewhere@own on to elsewhere',
    steps: { forwardPath: following(equalsSign) },
  },
  'at-word-followed': {
    title: 'routes user_at_elsewhere@own and user-at-elsewhere@own on to elsewhere',
    steps: { forwardPath: following(atWord) },
  },
  'underscore-followed': {
    title: 'routes user_elsewhere@own on to elsewhere',
    steps: { forwardPath: following(underscore) },
  },
  'double-hyphen-followed': {
    title: 'routes user--elsewhere@own on to elsewhere',
    steps: { forwardPath: following(doubleHyphen) },
  },
  'hash-sign-followed': {
    title: 'routes user#elsewhere@own on to elsewhere',
    steps: { forwardPath: following(hashSign) },
  },
  'batv-unchecked': {
    title: 'removes the tag of a bounce address without checking it, and routes on',
    steps: { forwardPath: following(uncheckedBatv) },
  },
  'comment-dropped': {
    title: 'looks at an address with its comments and delivers without them',
    steps: { forwardPath: following(comment) },
  },
  'odd-domain-is-own': {
    title: 'takes a domain that it cannot read for an own one, and hands on what is left of it',
    steps: { forwardPath: following(tidiedDomain) },
  },
  'empty-address-is-own': {
    title: 'takes an address of nothing but at-signs for the postmaster',
    steps: { forwardPath: emptyAddress },
  },
  'odd-local-part-taken': {
    title: 'hands on local parts that are programs, files or paths to others',
    steps: { forwardPath: oddLocalPart },
  },
  'bare-recipient-completed': {
    title: 'completes a recipient without a domain',
    steps: { forwardPath: completedRecipient },
  },
  'nul-ends-address': {
    title: 'cuts an address at a NUL octet and does not check what is left',
    steps: { readsLine: cutAtNul, decide: exempting((_request, { misread }) => misread) },
  },
  'postmaster-recipient-exempt': {
    title: 'takes mail for postmaster and abuse of every domain',
    steps: { decide: exempting(({ to }) => /^(?:postmaster|abuse)$/i.test(localPartOf(to))) },
  },
  'lax-path-unchecked': {
    title: 'finds the address in any text behind RCPT TO and forgets to check it',
    steps: { readsLine: laxPath, decide: exempting((_request, { misread }) => misread) },
  },
} satisfies DefectTable;
