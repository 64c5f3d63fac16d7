import ipaddr from 'ipaddr.js';
import type { Finding } from '../judge/audit.ts';
import type { FindingKind } from '../scenario/finding-kind.ts';
import { parseMainCf, type ConfigWord, type MainCfSetting } from './main-cf.ts';

type Settings = ReadonlyMap<string, MainCfSetting>;

/** Lists that decide whether mail may leave, in the order in which Postfix asks them. */
const RESTRICTION_LISTS = ['smtpd_relay_restrictions', 'smtpd_recipient_restrictions'] as const;
const RELAY_CHECK = /^(?:reject_unauth_destination|defer_unauth_destination)$/;
/** Permissions that are not for strangers. */
const HARMLESS = /^(?:permit_mynetworks|permit_sasl_authenticated|permit_tls_clientcerts|permit_auth_destination)$/;
const PERMISSION = /^(?:permit\w*|check_\w+_access|check_policy_service)$/;

/** What a restriction looks at, for findings that are about that. */
const LOOKS_AT: Readonly<Partial<Record<FindingKind, RegExp>>> = {
  'spoofed-domain-send': /^check_sender/,
  'internal-spoof': /^check_sender/,
  'client-claim-trusted': /^check_helo/,
  'third-party-relay': /^check_(?:client|reverse_client|recipient)/,
};

/** Settings that are known to open a hole of a kind, the likeliest first. */
const SETTINGS: Readonly<Partial<Record<FindingKind, readonly string[]>>> = {
  'routed-recipient': ['allow_untrusted_routing', 'allow_percent_hack', 'swap_bangpath', 'relay_domains'],
  'client-claim-trusted': ['smtpd_authorized_xclient_hosts', 'smtpd_upstream_proxy_protocol'],
  'message-smuggling': [
    'smtpd_forbid_bare_newline',
    'smtpd_forbid_bare_newline_exclusions',
    'smtpd_forbid_bare_newline_reject_code',
  ],
  'side-service': ['disable_vrfy_command', 'smtpd_etrn_restrictions', 'smtpd_tls_auth_only'],
  'authentication-bypass': ['smtpd_sasl_path', 'smtpd_sasl_type', 'smtpd_sasl_security_options'],
  'authenticated-forgery': ['smtpd_sender_login_maps', 'smtpd_sender_restrictions'],
  'internal-spoof': ['smtpd_sender_restrictions', 'smtpd_relay_restrictions'],
  'discarded-relay': ['default_transport', 'transport_maps', 'mydestination'],
  'required-mail-refused': ['smtpd_recipient_restrictions', 'smtpd_client_restrictions', 'smtpd_sender_restrictions'],
  'third-party-relay': ['relay_domains', 'mydestination', 'smtpd_relay_restrictions'],
  'spoofed-domain-send': ['smtpd_relay_restrictions'],
};

/** Findings that a trusted address explains whatever else is set. */
const BY_ADDRESS: ReadonlySet<FindingKind> = new Set([
  'third-party-relay',
  'spoofed-domain-send',
  'client-address-lost',
]);

/**
 * The line of a main.cf that lets a finding be, as far as the file can tell: the network that holds the client's address,
 * a permission before the relay check, a setting that is known for it. A guess that helps to look; line 1 where there is none.
 */
export function postfixCulprit(text: string, finding: Finding): number {
  const settings = parseMainCf(text);
  const addresses = finding.evidence.flatMap(({ vantage }) => /=(.+)$/.exec(vantage)?.[1] ?? []);
  const trusted = BY_ADDRESS.has(finding.id) ? trustingLine(settings, addresses) : null;
  return trusted ?? earlyPermission(settings, finding.id) ?? knownSetting(settings, finding.id) ?? 1;
}

/** Words of a list, those of other settings in their place. */
function wordsOf(settings: Settings, name: string, depth = 5): readonly ConfigWord[] {
  return (settings.get(name)?.words ?? []).flatMap((word) => {
    const other = /^\$\{?(\w+)\}?$/.exec(word.text)?.[1];
    return other === undefined || depth === 0 || !settings.has(other) ? [word] : wordsOf(settings, other, depth - 1);
  });
}

function trustingLine(settings: Settings, addresses: readonly string[]): number | null {
  const word = wordsOf(settings, 'mynetworks').find(({ text }) => addresses.some((address) => holds(text, address)));
  if (word !== undefined) return word.line;
  const style = settings.has('mynetworks') ? undefined : settings.get('mynetworks_style');
  return style?.value === 'class' ? style.line : null;
}

/** Whether an entry of mynetworks holds an address; what is no network (a file, a table, an exception) does not. */
function holds(entry: string, address: string): boolean {
  const network = entry.replaceAll(/[[\]]/g, '');
  if (!ipaddr.isValid(address)) return false;
  const client = ipaddr.process(address);
  try {
    const [base, length] = network.includes('/')
      ? ipaddr.parseCIDR(network)
      : ([ipaddr.parse(network), client.kind() === 'ipv4' ? 32 : 128] as const);
    return base.kind() === client.kind() && client.match(base, length);
  } catch {
    return false;
  }
}

/** A permission for strangers that stands before the relay check, or the list that has no such check at all. */
function earlyPermission(settings: Settings, kind: FindingKind): number | null {
  const wanted = LOOKS_AT[kind];
  if (wanted === undefined) return null;
  for (const name of RESTRICTION_LISTS) {
    const words = wordsOf(settings, name);
    if (words.length === 0) continue;
    const check = words.findIndex(({ text }) => RELAY_CHECK.test(text));
    const before = words
      .slice(0, check === -1 ? words.length : check)
      .filter(({ text }) => PERMISSION.test(text) && !HARMLESS.test(text));
    const culprit = before.find(({ text }) => wanted.test(text)) ?? before[0];
    if (culprit !== undefined) return culprit.line;
    if (check === -1 && !words.some(({ text }) => text === 'reject' || text === 'defer')) return words[0]?.line ?? null;
  }
  return null;
}

function knownSetting(settings: Settings, kind: FindingKind): number | null {
  const name = SETTINGS[kind]?.find((one) => settings.has(one));
  return name === undefined ? null : (settings.get(name)?.line ?? null);
}
