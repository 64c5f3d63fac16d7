/** One way of running Postfix, as the settings that differ from those of `postfix-config.ts`. */
export interface PostfixPreset {
  /** What the server does for a stranger; completes "Postfix …". */
  readonly title: string;
  /** May use what `needs` and `inner` bring: `$greylist`, `$inner_hop`. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the test must answer while the server works. */
  readonly needs?: 'greylist' | 'given-logins' | 'any-login';
  /** The preset of a second server behind this one. */
  readonly inner?: PostfixPresetName;
}

export const POSTFIX_PRESET_NAMES = [
  'closed',
  'closed-deferring',
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
  'lone-recipient-at-data',
  'percent-hack-two-hops',
  'percent-hack-inner',
] as const;

export type PostfixPresetName = (typeof POSTFIX_PRESET_NAMES)[number];

const WHOLE_WORLD = '0.0.0.0/0 [::]/0';

export const POSTFIX_PRESETS: Readonly<Record<PostfixPresetName, PostfixPreset>> = {
  closed: {
    title: 'refuses to relay, error sleep and error limits at their defaults',
    settings: { smtpd_relay_restrictions: 'permit_mynetworks reject_unauth_destination' },
  },
  'closed-deferring': {
    title: 'refuses to relay with 454, as it does with no relay restrictions of its own',
    settings: {},
  },
  logins: {
    title: 'refuses to relay without a right login',
    settings: {
      smtpd_sasl_auth_enable: 'yes',
      smtpd_relay_restrictions: 'permit_mynetworks permit_sasl_authenticated reject_unauth_destination',
    },
    needs: 'given-logins',
  },
  greylist: {
    title: 'refuses to relay and defers the first attempt of every triplet',
    settings: {
      smtpd_relay_restrictions: 'permit_mynetworks reject_unauth_destination',
      smtpd_recipient_restrictions: 'check_policy_service $greylist',
    },
    needs: 'greylist',
  },
  'reject-at-data': {
    title: 'accepts foreign recipients and refuses them at DATA',
    settings: {
      mynetworks: WHOLE_WORLD,
      smtpd_data_restrictions: 'reject_unauth_destination',
      // With two recipients the restriction would look at neither, which is the hole of `lone-recipient-at-data`.
      smtpd_recipient_limit: '1',
    },
  },
  'reject-at-end-of-data': {
    title: 'accepts foreign recipients and refuses them after the final dot',
    settings: {
      mynetworks: WHOLE_WORLD,
      smtpd_end_of_data_restrictions: 'reject_unauth_destination',
      smtpd_recipient_limit: '1',
    },
  },
  'accept-and-discard': {
    title: 'takes foreign mail and throws it away',
    settings: { mynetworks: WHOLE_WORLD, relayhost: '', default_transport: 'discard:foreign' },
  },
  'accept-and-hold': {
    title: 'takes foreign mail and keeps it in the hold queue',
    settings: {
      mynetworks: WHOLE_WORLD,
      smtpd_recipient_restrictions: 'permit_auth_destination check_recipient_access static:HOLD',
    },
  },
  'accept-and-bounce': {
    title: 'takes foreign mail and sends it back',
    settings: { mynetworks: WHOLE_WORLD, relayhost: '', default_transport: 'returned:' },
  },
  'refuse-all': {
    title: 'refuses every client',
    settings: { smtpd_client_restrictions: 'reject' },
  },
  open: {
    title: 'relays for everybody',
    settings: { mynetworks: WHOLE_WORLD },
  },
  'open-after-greylist': {
    title: 'relays for everybody who tries twice',
    settings: { mynetworks: WHOLE_WORLD, smtpd_recipient_restrictions: 'check_policy_service $greylist' },
    needs: 'greylist',
  },
  'own-sender': {
    title: 'relays for everybody who claims a sender of its own domain',
    settings: {
      smtpd_relay_restrictions:
        'permit_mynetworks check_sender_access inline:{{example.com=OK}} reject_unauth_destination',
    },
  },
  'any-password': {
    title: 'relays after a login with any password',
    settings: {
      smtpd_sasl_auth_enable: 'yes',
      smtpd_relay_restrictions: 'permit_mynetworks permit_sasl_authenticated reject_unauth_destination',
    },
    needs: 'any-login',
  },
  'lone-recipient-at-data': {
    title: 'refuses a foreign recipient at DATA only where it is the only one',
    settings: { mynetworks: WHOLE_WORLD, smtpd_data_restrictions: 'reject_unauth_destination' },
  },
  'percent-hack-two-hops': {
    title: 'passes user%elsewhere@own to a server that trusts it and routes on',
    settings: {
      mydestination: '',
      relay_domains: 'example.com',
      relay_transport: 'smtp:$inner_hop',
      allow_untrusted_routing: 'yes',
      smtpd_relay_restrictions: 'permit_mynetworks reject_unauth_destination',
    },
    inner: 'percent-hack-inner',
  },
  'percent-hack-inner': {
    title: 'trusts the servers of its own machine and routes user%elsewhere@own on',
    settings: {
      myhostname: 'inner.example.com',
      mynetworks: '127.0.0.0/8',
      smtpd_relay_restrictions: 'permit_mynetworks reject_unauth_destination',
    },
  },
};
