/** One way of running Exim, as what differs from the closed server of `exim-config.ts`. */
export interface EximPreset {
  /** What the server does for a stranger; completes "Exim …". */
  readonly title: string;
  /** Statements for its access control lists. */
  readonly acl?: Readonly<Partial<Record<EximMoment, readonly string[]>>>;
  /** What becomes of accepted mail for elsewhere. @default next-hop */
  readonly foreignMail?: 'next-hop' | 'discard' | 'bounce';
  readonly logins?: 'given' | 'any';
}

/**
 * When a preset can decide: `rcpt` before anybody is trusted, `relay` before a stranger's foreign recipient is refused,
 * `own` before an own recipient is accepted.
 */
export type EximMoment = 'connect' | 'rcpt' | 'relay' | 'own' | 'predata' | 'data';

export const EXIM_PRESET_NAMES = [
  'closed',
  'logins',
  'greylist',
  'reject-at-data',
  'reject-at-end-of-data',
  'accept-and-discard',
  'accept-and-hold',
  'accept-and-bounce',
  'refuse-all',
  'open',
  'open-after-greylist',
  'own-sender',
  'any-password',
] as const;

export type EximPresetName = (typeof EXIM_PRESET_NAMES)[number];

const RELAY_FOR_ALL = ['accept domains = !+own_domains'];
const RELAY_AND_NOTE = [...RELAY_FOR_ALL, 'set acl_m_foreign = yes'];
const REFUSE_NOTED = ['deny message = relay not permitted', 'condition = $acl_m_foreign'];
/** The macro asks the test's greylist. */
const DEFER_FIRST_ATTEMPT = ['defer message = greylisted, try again later', 'condition = GREYLISTED'];

export const EXIM_PRESETS: Readonly<Record<EximPresetName, EximPreset>> = {
  closed: { title: 'refuses to relay, error limits at their defaults' },
  logins: { title: 'refuses to relay without a right login', logins: 'given' },
  greylist: {
    title: 'refuses to relay and defers the first attempt of every triplet',
    acl: { own: DEFER_FIRST_ATTEMPT },
  },
  'reject-at-data': {
    title: 'accepts foreign recipients and refuses them at DATA',
    acl: { relay: RELAY_AND_NOTE, predata: REFUSE_NOTED },
  },
  'reject-at-end-of-data': {
    title: 'accepts foreign recipients and refuses them after the final dot',
    acl: { relay: RELAY_AND_NOTE, data: REFUSE_NOTED },
  },
  'accept-and-discard': {
    title: 'takes foreign mail and throws it away',
    acl: { relay: RELAY_FOR_ALL },
    foreignMail: 'discard',
  },
  'accept-and-hold': {
    title: 'takes foreign mail and freezes it',
    acl: { relay: [...RELAY_FOR_ALL, 'control = freeze'] },
  },
  'accept-and-bounce': {
    title: 'takes foreign mail and sends it back',
    acl: { relay: RELAY_FOR_ALL },
    foreignMail: 'bounce',
  },
  'refuse-all': {
    title: 'refuses every client before it says a word',
    acl: { connect: ['deny message = go away'] },
  },
  open: { title: 'relays for everybody', acl: { relay: RELAY_FOR_ALL } },
  'open-after-greylist': {
    title: 'relays for everybody who tries twice',
    acl: { rcpt: DEFER_FIRST_ATTEMPT, relay: RELAY_FOR_ALL },
  },
  'own-sender': {
    title: 'relays for everybody who claims a sender of its own domain',
    acl: { relay: ['accept senders = *@example.com'] },
  },
  'any-password': { title: 'relays after a login with any password', logins: 'any' },
};
