import type { Reply } from './reply-parser.ts';

/** What a reply means, read from its code, enhanced status code and text together: servers agree on none of the three. */
export type ReplyClass =
  | 'positive'
  | 'intermediate'
  | 'relay-denied'
  | 'authentication-required'
  | 'authentication-failed'
  | 'sender-not-owned'
  | 'sender-rejected'
  | 'recipient-unknown'
  | 'address-syntax'
  | 'bad-sequence'
  | 'not-implemented'
  | 'tls-required'
  | 'block-listed'
  | 'client-rejected'
  | 'helo-rejected'
  | 'authentication-results'
  | 'greylisted'
  | 'rate-limited'
  | 'too-many-recipients'
  | 'too-many-errors'
  | 'content-rejected'
  | 'no-valid-recipients'
  | 'server-trouble'
  | 'deferred'
  | 'refused';

/**
 * What a refusal of that class says about relaying:
 * `relaying`: the server will not pass this mail on, for this client or this recipient ·
 * `other`: it refused for a reason that would go away with another sender, client or hour, so relaying was not asked ·
 * `unclear`: believable only beside a control that differs in nothing but the recipient ·
 * `none`: no refusal.
 */
export type Bearing = 'relaying' | 'other' | 'unclear' | 'none';

export interface ReplyClassInfo {
  readonly title: string;
  readonly bearing: Bearing;
}

export const REPLY_CLASS_INFO: Readonly<Record<ReplyClass, ReplyClassInfo>> = {
  positive: { title: 'accepted', bearing: 'none' },
  intermediate: { title: 'go ahead', bearing: 'none' },
  'relay-denied': { title: 'relaying denied', bearing: 'relaying' },
  'authentication-required': { title: 'authentication required', bearing: 'relaying' },
  'authentication-failed': { title: 'authentication failed', bearing: 'relaying' },
  'sender-not-owned': { title: 'sender belongs to a login that the client has not proved', bearing: 'relaying' },
  'sender-rejected': { title: 'sender rejected', bearing: 'other' },
  'recipient-unknown': { title: 'recipient unknown', bearing: 'unclear' },
  'address-syntax': { title: 'address or parameter syntax refused', bearing: 'unclear' },
  'bad-sequence': { title: 'bad sequence of commands', bearing: 'unclear' },
  'not-implemented': { title: 'command not implemented', bearing: 'unclear' },
  'tls-required': { title: 'TLS required first', bearing: 'other' },
  'block-listed': { title: 'client is on a block list', bearing: 'other' },
  'client-rejected': { title: 'client rejected', bearing: 'other' },
  'helo-rejected': { title: 'HELO name rejected', bearing: 'other' },
  'authentication-results': { title: 'SPF, DKIM or DMARC failed', bearing: 'other' },
  greylisted: { title: 'greylisted', bearing: 'other' },
  'rate-limited': { title: 'rate limited', bearing: 'other' },
  'too-many-recipients': { title: 'too many recipients in one transaction', bearing: 'other' },
  'too-many-errors': { title: 'too many errors', bearing: 'other' },
  'content-rejected': { title: 'content rejected', bearing: 'other' },
  'no-valid-recipients': { title: 'no valid recipients', bearing: 'relaying' },
  'server-trouble': { title: 'trouble on the server', bearing: 'other' },
  deferred: { title: 'deferred', bearing: 'other' },
  refused: { title: 'refused', bearing: 'unclear' },
};

interface Rule {
  readonly class: ReplyClass;
  readonly text: RegExp;
}

/** Read from top to bottom, first match wins: the more telling words stand above the vaguer ones. */
const TEXT_RULES: readonly Rule[] = [
  {
    class: 'block-listed',
    text: /\bblock(?:ed)? (?:using|by|list)|blacklist|blocklist|dnsbl|\brbl\b|spamhaus|listed (?:at|in|on|by)|\bPBL\b|poor reputation|bad reputation/i,
  },
  { class: 'greylisted', text: /gr[ae]y-?list|try again (?:in|after) \d+|retry (?:in|after) \d+ (?:sec|min)/i },
  {
    class: 'too-many-errors',
    text: /too many (?:errors|unrecognized|invalid|bad|syntax|protocol|nonmail|unknown|wrong)/i,
  },
  // Postfix says `too many recipients from CLIENT` of its rate, and `too many recipients` of one transaction.
  { class: 'too-many-recipients', text: /too many recipients(?! from)/i },
  {
    class: 'rate-limited',
    text: /rate ?limit|too (?:many|much|frequent)|throttl|too fast|slow down|exceeded .{0,40}(?:rate|connections|limit)/i,
  },
  { class: 'authentication-results', text: /\bspf\b|\bdmarc\b|\bdkim\b/i },
  {
    class: 'tls-required',
    text: /starttls (?:command )?first|must issue a starttls|encryption (?:needed|required)|tls (?:is )?required/i,
  },
  {
    class: 'sender-not-owned',
    text: /not (?:logged in|owned by)|must match authenticated|not allowed to send (?:from|as)|sender .{0,60}(?:requires? (?:auth|login)|not (?:permitted|allowed) (?:from|for) (?:this|your))|send(?:ing)? as this|client (?:is|was) not authenticated|tenantinboundattribution|submission to (?:send|use)|use submission|internal flow/i,
  },
  {
    class: 'authentication-required',
    text: /authentication (?:is )?required|authenticate(?:d)? (?:first|before)|must (?:issue an auth|be authenticated|authenticate)|smtp authentication|auth(?:entication)? (?:command )?first|please (?:log ?in|authenticate)|proper authentication/i,
  },
  {
    class: 'authentication-failed',
    text: /authentication (?:failed|failure|unsuccessful|credentials? invalid)|credentials? invalid|invalid (?:login|credentials|user(?:name)? or password)|bad (?:login|credentials)|cannot assume/i,
  },
  {
    class: 'relay-denied',
    text: /relay(?:ing|ed)?\b.{0,40}(?:denied|not (?:permitted|allowed)|prohibited|refused|disabled|forbidden|disallowed)|(?:unable|not allowed|cannot|can't|won't|will not|do(?:es)? not|refuse[sd]?(?: to)?) (?:to )?relay|no relay|isn't in my list of allowed rcpthosts|not accepting email for|cannot deliver mail for|delivery is not allowed to this address|not (?:a )?local (?:domain|recipient)|non-?local (?:recipient|domain)|(?:relay|outbound) flow|we do not relay|relaying|not (?:a|an) accepted domain|domain (?:is )?not (?:hosted|served|handled|accepted|allowed)/i,
  },
  {
    class: 'sender-rejected',
    text: /sender (?:address )?(?:rejected|refused|denied|unknown|invalid|verify|verification|domain)|(?:rejected|invalid|unknown|bad) sender|return address|mail from .{0,60}(?:rejected|refused|not (?:exist|found|accepted))|domain of sender|sender.{0,40}(?:does not (?:exist|resolve)|not (?:exist|found))|nosuch ?domain|domain not found/i,
  },
  {
    class: 'helo-rejected',
    text: /\b(?:helo|ehlo)\b.{0,60}(?:rejected|refused|denied|invalid|not (?:valid|allowed|accepted|found))/i,
  },
  {
    class: 'client-rejected',
    text: /client (?:host|address) .{0,300}(?:rejected|blocked|denied)|(?:your|client) (?:host|ip|address) .{0,80}(?:rejected|blocked|denied|not (?:allowed|permitted|welcome))|cannot find your (?:hostname|reverse)|reverse (?:dns|hostname|lookup)|no ptr|banned|connection (?:refused|rejected|denied)/i,
  },
  { class: 'no-valid-recipients', text: /no valid recipients?|no (?:valid )?recipients?|need rcpt/i },
  {
    class: 'recipient-unknown',
    text: /user (?:unknown|doesn'?t exist|does not exist|not found)|unknown (?:user|recipient|local|mailbox|address)|no such (?:user|recipient|mailbox|address|person)|invalid (?:recipient|mailbox|user)|mailbox (?:unavailable|not found|unknown|does not exist)|recipient (?:unknown|not found|does not exist|address rejected)|unrouteable|address (?:unknown|not found)|no mailbox/i,
  },
  {
    class: 'not-implemented',
    text: /(?:command|verb) (?:is )?(?:not (?:recogni[sz]ed|implemented|supported)|unknown|unrecogni[sz]ed)|(?:unrecogni[sz]ed|unknown|unsupported|unimplemented) (?:command|verb)/i,
  },
  {
    class: 'address-syntax',
    text: /syntax|malformed|restricted characters|bad (?:sender|recipient|address|command|parameter)|illegal|invalid (?:address|character|path|domain|argument|parameter|form)|unbalanced|unsupported parameter|not recognized parameter/i,
  },
  {
    class: 'content-rejected',
    text: /message (?:rejected|refused|content)|content (?:rejected|refused)|\bspam\b|\bvirus\b|bare <?(?:lf|line ?feed|cr|newline)\b|smuggling|message size|too (?:large|big)/i,
  },
  {
    class: 'server-trouble',
    text: /service (?:not available|unavailable)|local (?:error|problem)|internal (?:server )?error|insufficient|temporar(?:y|ily) (?:failure|error|unavailable|lookup)|out of (?:memory|disk)|shutting down/i,
  },
];

/** Enhanced status codes (RFC 3463 and its registry) that say more than the text did. */
const ENHANCED_RULES: Readonly<Record<string, ReplyClass>> = {
  '1.1': 'recipient-unknown',
  '1.2': 'relay-denied',
  '1.3': 'address-syntax',
  '1.6': 'recipient-unknown',
  '1.7': 'sender-rejected',
  '1.8': 'sender-rejected',
  '4.1': 'server-trouble',
  '5.1': 'bad-sequence',
  '5.2': 'address-syntax',
  '5.4': 'address-syntax',
  '6.0': 'content-rejected',
  '7.0': 'refused',
  '7.1': 'refused',
  '7.8': 'authentication-failed',
  '7.9': 'authentication-required',
  '7.23': 'authentication-results',
  '7.25': 'client-rejected',
  '7.26': 'authentication-results',
  '7.54': 'relay-denied',
  '7.57': 'authentication-required',
  '7.68': 'sender-not-owned',
};

const CODE_RULES: Readonly<Record<number, ReplyClass>> = {
  421: 'server-trouble',
  451: 'deferred',
  452: 'server-trouble',
  454: 'relay-denied',
  500: 'not-implemented',
  501: 'address-syntax',
  502: 'not-implemented',
  503: 'bad-sequence',
  504: 'not-implemented',
  530: 'authentication-required',
  535: 'authentication-failed',
  538: 'tls-required',
  551: 'relay-denied',
  553: 'address-syntax',
  555: 'address-syntax',
};

/** Text that is looked at; a longer reply says nothing new. */
const TEXT_LIMIT = 2000;

/** Which class a reply falls into. A 4xx that says nothing telling is `deferred`, a 5xx `refused`. */
export function classifyReply(reply: Reply): ReplyClass {
  if (reply.code < 300) return 'positive';
  if (reply.code < 400) return 'intermediate';
  const text = reply.lines.join(' ').slice(0, TEXT_LIMIT);
  const told = TEXT_RULES.find((rule) => rule.text.test(text));
  if (told !== undefined) return told.class;
  const enhanced = reply.enhanced === null ? undefined : ENHANCED_RULES[reply.enhanced.slice(2)];
  return enhanced ?? CODE_RULES[reply.code] ?? (reply.code < 500 ? 'deferred' : 'refused');
}
