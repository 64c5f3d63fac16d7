import type { FamilyReach, Reach } from './address-set.ts';
import type { Change, PolicyDiff } from './diff.ts';
import type { Explanation } from './explain.ts';
import type { Lint } from './lint.ts';
import type { Witness } from './open-relay.ts';
import { REACH_FLOWS } from './policy-reach.ts';
import type { MailKind } from './policy-reach.ts';

/** What each kind of mail is, for a person. */
const KIND_WORDS: Readonly<Record<MailKind, string>> = {
  inbound: 'inbound (foreign sender to own recipient)',
  internal: 'internal (own sender to own recipient)',
  outbound: 'outbound (own sender to foreign recipient)',
  relay: 'relay (foreign sender to foreign recipient)',
  bounce: 'bounce (null sender to foreign recipient)',
};

/** A list longer than this is cut in text; JSON always has all of it. */
const MOST_SHOWN = 12;

function shown(items: readonly string[]): string {
  const more = items.length - MOST_SHOWN;
  return items.slice(0, MOST_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function grouped(count: string): string {
  return BigInt(count).toLocaleString('en-US');
}

function familyText(name: string, whole: string, { count, patterns }: FamilyReach): string {
  if (count === '0') return `no ${name}`;
  return patterns[0] === whole ? `all ${name}` : `${grouped(count)} ${name}: ${shown(patterns)}`;
}

function reachText({ ipv4, ipv6 }: Reach): string {
  if (ipv4.count === '0' && ipv6.count === '0') return 'nobody';
  if (ipv4.patterns[0] === '0.0.0.0/0' && ipv6.patterns[0] === '::/0') return 'everybody';
  return `${familyText('IPv4', '0.0.0.0/0', ipv4)}; ${familyText('IPv6', '::/0', ipv6)}`;
}

function witnessText({ ip, login, from, to }: Witness): string {
  const who = login === null ? 'without a login' : `with login ${login}`;
  return `${ip} ${who}: MAIL FROM:<${from}> RCPT TO:<${to}>`;
}

function lintText({ setting, text, entries }: Lint): string {
  return `  ${setting}: ${text}${entries === undefined ? '' : `: ${shown(entries)}`}`;
}

/** An explanation for a person at a terminal, a line of text an element. */
export function explanationLines(explanation: Explanation): string[] {
  const { flows, openRelay, reasons, publicAllowed, closing, lints } = explanation;
  const lines = [openRelay ? 'This policy makes an OPEN RELAY.' : 'This policy makes no open relay.'];
  if (reasons.length > 0) lines.push('', 'Why, with a request each that it accepts:');
  for (const { text, witness } of reasons) lines.push(`  ${text}`, `    ${witnessText(witness)}`);
  if (closing.length > 0) lines.push('', 'Any one of these closes it:');
  for (const { text } of closing) lines.push(`  ${text}`);
  lines.push('', 'Who may send what (inbound mail is for everybody):');
  for (const flow of REACH_FLOWS) {
    const { anonymous, authenticated } = flows[flow];
    lines.push(
      `  ${KIND_WORDS[flow]}`,
      `    without a login: ${reachText(anonymous)}`,
      `    with a login: ${reachText(authenticated)}`,
    );
  }
  lines.push('', `Public addresses on the allow list: ${reachText(publicAllowed)}`);
  if (lints.length > 0) lines.push('', 'Worth a second look:', ...lints.map(lintText));
  return lines;
}

/** One change for a person, a line of text an element: what, for whom, and a request that shows it. */
export function changeLines(verb: string, change: Change): string[] {
  const login = change.login === 'anonymous' ? 'without a login' : 'with a login';
  return [
    `${verb} ${KIND_WORDS[change.flow]} ${login}, because of ${change.because.join(' and ')}`,
    `  for ${reachText(change)}`,
    `  such as ${witnessText(change.witness)}`,
  ];
}

/** A diff for a person at a terminal, a line of text an element. */
export function diffLines({ opens, closes }: PolicyDiff): string[] {
  if (opens.length === 0 && closes.length === 0) return ['Both policies accept the same.'];
  return [
    ...opens.flatMap((change) => changeLines('OPENS', change)),
    ...closes.flatMap((change) => changeLines('closes', change)),
  ];
}
