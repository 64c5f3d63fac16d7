import type { Policy } from '../policy/policy.ts';
import { splitEnvelopeAddress, stripSourceRoute } from '../smtp/envelope-address.ts';
import { SOUND_STEPS } from './steps.ts';
import type { GuardSteps, PathReading } from './steps.ts';

type ReadPath = GuardSteps['forwardPath'];

/** Finds the address that a path asks to be routed on to; null when it does not ask in this way. */
export type Unwrap = (path: string, isOwn: (domain: string) => boolean) => string | null;

/** How often a route may lead on before the end is taken for its end. */
const MAX_HOPS = 5;
/** An own recipient: what a server that routes on believes to be looking at. */
const OWN_RECIPIENT = 'postmaster';
/** RFC 1035 §2.3.4. */
const LONGEST_NAME = 255;
/** What the policy is asked about where a sender could not be read: no address, so nobody can send it. */
export const UNREADABLE = 'unreadable';

/** A path that is decided on as what it looks like, an own recipient, and delivered to where it leads. */
export function following(unwrap: Unwrap): ReadPath {
  return (path, policy) => {
    const isOwn = ownDomainTest(policy);
    let target = path;
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      const next = unwrap(target, isOwn);
      if (next === null || next === target) break;
      target = next;
    }
    return target === path ? SOUND_STEPS.forwardPath(path, policy) : routed(target);
  };
}

/** `v%T@own` leads to `v@T`: the last `%` is read as `@`. */
export const percentHack: Unwrap = (path, isOwn) => {
  const { localPart, domain } = splitEnvelopeAddress(path);
  const percent = localPart.lastIndexOf('%');
  return percent > 0 && (domain === null || isOwn(domain))
    ? `${localPart.slice(0, percent)}@${localPart.slice(percent + 1)}`
    : null;
};

/** `T!v@own` and `T!v` lead to `v@T`. */
export const bangPath: Unwrap = (path, isOwn) => {
  const { localPart, domain } = splitEnvelopeAddress(path);
  const [, first, rest] = /^([^!]+)!(.+)$/.exec(localPart) ?? [];
  if (first === undefined || rest === undefined || (domain !== null && !isOwn(domain))) return null;
  return rest.includes('!') ? rest : `${rest}@${first}`;
};

/** `"v@T"@own`, `"v@T"` and `v\@T@own` lead to `v@T`. */
export const quotedAddress: Unwrap = (path, isOwn) => {
  const { localPart, domain } = splitEnvelopeAddress(path);
  const bare = localPart.replace(/["\\]/g, '');
  return bare !== localPart && bare.includes('@') && (domain === null || isOwn(domain)) ? bare : null;
};

/** `@own:v@T` leads to `v@T`, and only the first hop is looked at. */
export const sourceRoute: Unwrap = (path, isOwn) => {
  const [, firstHop] = /^@([^,:]+)[,:]/.exec(path) ?? [];
  return firstHop !== undefined && isOwn(firstHop) ? stripSourceRoute(path) : null;
};

/** `v@T@own`, `v@T@` and `v@@T` lead to `v@T`. */
export const doubleAt: Unwrap = (path, isOwn) => {
  if (/["\\]/.test(path) || path.startsWith('@')) return null;
  const tidied = path.replace(/@{1,8}$/, '').replace(/@+/g, '@');
  const { localPart, domain } = splitEnvelopeAddress(tidied);
  if (domain !== null && isOwn(domain) && localPart.includes('@')) return localPart;
  return tidied !== path && domain !== null ? tidied : null;
};

/** `SRS0=hash=time=T=v@own` leads to `v@T`, `SRS1=hash=T=rest@own` to `SRS0rest@T`, and nobody checks the hash. */
export const uncheckedSrs: Unwrap = (path, isOwn) => {
  const { localPart, domain } = splitEnvelopeAddress(path);
  if (domain === null || !isOwn(domain)) return null;
  const [, target, local] = /^SRS0[=+-][^=]*=[^=]*=([^=]+)=(.+)$/i.exec(localPart) ?? [];
  if (target !== undefined && local !== undefined) return `${local}@${target}`;
  const [, forwarder, rest] = /^SRS1[=+-][^=]*=([^=]+)=(.+)$/i.exec(localPart) ?? [];
  return forwarder !== undefined && rest !== undefined ? `SRS0${rest}@${forwarder}` : null;
};

/** `IMCEASMTP-v+40T@own` leads to `v@T`: an address in the encapsulated form of gateways. */
export const encapsulated: Unwrap = (path, isOwn) => {
  const { localPart, domain } = splitEnvelopeAddress(path);
  const [, inside] = /^IMCEASMTP-(.+)$/i.exec(localPart) ?? [];
  return inside !== undefined && domain !== null && isOwn(domain) ? inside.replace(/\+40/g, '@') : null;
};

/** `u+v=T@own`, `u-v=T@own` and `bounce+hash-v=T@own` lead to `v@T`. */
export const extension: Unwrap = (path, isOwn) => {
  const { localPart, domain } = splitEnvelopeAddress(path);
  const [, local, target] = /^.+[+-]([^=+-]+)=([^=]+)$/.exec(localPart) ?? [];
  return local !== undefined && target !== undefined && domain !== null && isOwn(domain) ? `${local}@${target}` : null;
};

/** `v@T(.own)` and `(u@own)v@T` lead to `v@T`: with the comment the address ends or begins like an own one. */
export const comment: Unwrap = (path) => (/\([^()]*\)/.test(path) ? path.replace(/\([^()]*\)/g, '') : null);

/** What is left of `v@.T`, `v@T..`, `v@T:25`, and of names with invisible letters or foreign dots. */
export const tidiedDomain: Unwrap = (path) => {
  const { localPart, domain } = splitEnvelopeAddress(path);
  if (domain === null || /["\\(),<> ]/.test(path)) return null;
  const plain = domain
    .replace(/[\u3002\uff0e\uff61]/gu, '.')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/:\d+$/, '')
    .replace(/^\.+|\.{2,64}$/g, '');
  const local = localPart.replace(/[\p{Cc}\p{Cf}]/gu, '');
  // A fixed buffer keeps its end: the name begins like an own one no longer.
  const cut = plain.length > LONGEST_NAME ? plain.split('.').slice(-2).join('.') : plain;
  return `${local}@${cut}`;
};

/** `v@T.`: the name with its dot is on no list, so it is taken for an own one. */
export const trailingDot: Unwrap = (path) => (/[^.]\.$/.test(path) ? path.slice(0, -1) : null);

/** `u@own,v@T`: whoever is own decides for the list, and every one of it gets the message. */
export const addressList: ReadPath = (path, policy) => {
  const isOwn = ownDomainTest(policy);
  const members = path.split(',').map((part) => part.trim());
  const someOwn = members.some((member) => isOwn(splitEnvelopeAddress(member).domain ?? ''));
  return members.length > 1 && someOwn
    ? {
        kind: 'mailbox',
        decideOn: OWN_RECIPIENT,
        deliverTo: members.map((member) => member.replace(/%(?=[^@]*$)/, '@')),
      }
    : SOUND_STEPS.forwardPath(path, policy);
};

/** Letters that fold to the letters of an own domain make the name an own one; the wire gets the letters as they came. */
export const foldedDomain: ReadPath = (path, policy) => {
  const sound = SOUND_STEPS.forwardPath(path, policy);
  const { localPart, domain } = splitEnvelopeAddress(path);
  if (sound.kind === 'mailbox' || domain === null) return sound;
  const folded = domain.normalize('NFKC').toLowerCase();
  return policy.ownDomains.includes(folded) && /^[\w.+-]+$/.test(localPart)
    ? { kind: 'mailbox', decideOn: OWN_RECIPIENT, deliverTo: [path] }
    : sound;
};

/** A mailbox at any address literal, or at what looks like one, is taken for one of this host. */
export const anyLiteral: ReadPath = (path, policy) =>
  /^[\w.+-]+@\[.*\]$/.test(path)
    ? { kind: 'mailbox', decideOn: OWN_RECIPIENT, deliverTo: [path] }
    : SOUND_STEPS.forwardPath(path, policy);

/** An address of at-signs alone is nobody's, and therefore the postmaster's. */
export const emptyAddress: ReadPath = (path, policy) =>
  /^@+$/.test(path) ? routed(OWN_RECIPIENT) : SOUND_STEPS.forwardPath(path, policy);

/** Any local part of an own domain is a mailbox, whatever the next server makes of it. */
export const oddLocalPart: ReadPath = (path, policy) => {
  const { localPart, domain } = splitEnvelopeAddress(path);
  return /^[|/.]|\/\.\.\//.test(localPart) && policy.ownDomains.includes(domain ?? '')
    ? { kind: 'mailbox', decideOn: OWN_RECIPIENT, deliverTo: [path] }
    : SOUND_STEPS.forwardPath(path, policy);
};

/** Own domains are compared as they are written, case and script included. */
export const writtenDomain: ReadPath = (path, policy) => {
  const { domain } = splitEnvelopeAddress(path);
  const sound = SOUND_STEPS.forwardPath(path, policy);
  const isWritten = domain === null || policy.settings.domains.includes(domain);
  return sound.kind === 'refused' || isWritten || !policy.ownDomains.includes(domain)
    ? sound
    : { kind: 'refused', reason: 'no such domain here' };
};

/** A recipient without a domain gets an own one. */
export const completedRecipient: ReadPath = (path, policy) => {
  const [own] = policy.settings.domains;
  return /^[\w.+-]+$/.test(path) && own !== undefined
    ? { kind: 'mailbox', decideOn: OWN_RECIPIENT, deliverTo: [`${path}@${own.replace('*.', '')}`] }
    : SOUND_STEPS.forwardPath(path, policy);
};

/** A sender that cannot be read counts as none. */
export const unreadableSender: GuardSteps['reversePath'] = (path, policy) => {
  const sound = SOUND_STEPS.reversePath(path, policy);
  return sound.kind === 'refused' ? { kind: 'mailbox', decideOn: UNREADABLE, deliverTo: [''] } : sound;
};

/** A sender without a domain gets an own one. */
export const completedSender: GuardSteps['reversePath'] = (path, policy) => {
  const [own] = policy.settings.domains;
  const isBare = /^[\w.+-]+$/.test(path);
  return isBare && own !== undefined
    ? { kind: 'mailbox', decideOn: path, deliverTo: [`${path}@${own.replace('*.', '')}`] }
    : SOUND_STEPS.reversePath(path, policy);
};

function routed(target: string): PathReading {
  return { kind: 'mailbox', decideOn: OWN_RECIPIENT, deliverTo: [target] };
}

/** A server that routes on does so for all its names: own domains, host names below them, and address literals. */
function ownDomainTest({ ownDomains, settings }: Policy): (domain: string) => boolean {
  return (domain) =>
    ownDomains.includes(domain) ||
    /^\[.*\]$/.test(domain) ||
    settings.domains.some((own) => domain.toLowerCase().endsWith(`.${own}`));
}
