import type { Audit, AuditResult, Evidence, Finding } from '../../src/judge/audit.ts';
import { fingerprint, namesOf } from '../../src/judge/fingerprint.ts';
import { remedyFor } from '../../src/judge/remedy.ts';
import { VERDICT_INFO, type VerdictKind } from '../../src/judge/verdict.ts';
import type { Reading } from '../../src/report/reading.ts';
import { auditWith } from '../support/audits.ts';

export const READING: Reading = { color: false, width: 100, failOn: 'medium' };

const ENDPOINT = { address: '127.0.0.1', port: 25, banner: 'mail.example.com ESMTP Postfix', software: 'Postfix' };

const FAMILIES: Audit['families'] = [
  { name: 'third-party-relay', title: 'Third-party relay', controlled: true },
  { name: 'spoofed-domain', title: 'Spoofed own domain', controlled: true },
  { name: 'control', title: 'Controls', controlled: true },
];

const STRANGER = 'bind=127.0.0.2';
const LOGIN = 'alice';

function result(scenario: string, verdict: VerdictKind, changes: Partial<AuditResult> = {}): AuditResult {
  const vantage = changes.vantage ?? STRANGER;
  return {
    endpoint: '127.0.0.1:25',
    scenario,
    family: scenario.startsWith('spoof') ? 'spoofed-domain' : 'third-party-relay',
    vantage,
    login: null,
    variant: null,
    verdict,
    stage: 'rcpt',
    reply: verdict === 'refused' ? '554 5.7.1 <victim@example.net>: Relay access denied' : '250 2.1.5 Ok',
    reason: VERDICT_INFO[verdict].title,
    expected: { answer: 'refuse', basis: 'safe-answer', violated: [] },
    agrees: verdict === 'refused' ? true : verdict === 'relayed' || verdict === 'accepted' ? false : null,
    transcript: `${scenario} ${vantage} ${changes.login ?? 'anonymous'}`,
    ms: 12,
    ...changes,
  };
}

function evidence(of: AuditResult, reply: string): Evidence {
  return {
    endpoint: of.endpoint,
    vantage: of.vantage,
    verdict: of.verdict,
    reason: of.reason,
    transcript: of.transcript ?? '',
    dialogue: [
      'S: 220 mail.example.com ESMTP Postfix',
      'C: EHLO client.example.org',
      'S: 250 mail.example.com',
      'C: MAIL FROM:<stranger@example.org>',
      'S: 250 2.1.0 Ok',
      'C: RCPT TO:<victim@example.net>',
      `S: ${reply}`,
      '*  the client closed the connection',
    ],
    caught: [],
  };
}

function finding(of: AuditResult, changes: Partial<Finding> = {}): Finding {
  const id = changes.id ?? 'third-party-relay';
  return {
    id,
    scenario: of.scenario,
    severity: 'critical',
    confidence: of.verdict === 'relayed' ? 'high' : 'low',
    title: 'Relays mail from strangers to strangers: A stranger writes to a stranger',
    login: of.login,
    evidence: [evidence(of, '250 2.1.5 Ok')],
    also: [],
    remedy: remedyFor(id, 'postfix'),
    ...namesOf(fingerprint([id, of.scenario]), [{ endpoint: of.endpoint, vantageClass: 'public', confidence: 'high' }]),
    ...changes,
  };
}

function audit(results: readonly AuditResult[], findings: readonly Finding[], changes: Partial<Audit> = {}): Audit {
  const count = (kind: VerdictKind): number => results.filter(({ verdict }) => verdict === kind).length;
  const control = result('own-recipient', 'accepted', { family: 'control', agrees: true });
  return auditWith(findings, {
    tool: { name: 'relayproof', version: '0.1.0' },
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 4200,
    target: { host: 'mail.example.com', ...ENDPOINT },
    endpoints: [{ name: '127.0.0.1:25', ...ENDPOINT }],
    authorizedBy: 'Ann Admin <ann@example.com>',
    vantages: [{ name: STRANGER, address: '127.0.0.2' }],
    families: FAMILIES,
    controls: [
      {
        endpoint: '127.0.0.1:25',
        scenario: 'own-recipient',
        role: 'positive-control',
        vantage: STRANGER,
        login: null,
        verdict: 'accepted',
        valid: true,
        reason: 'accepted as it must be',
      },
    ],
    results: [control, ...results],
    summary: {
      verdicts: {
        relayed: count('relayed'),
        accepted: count('accepted') + 1,
        refused: count('refused'),
        swallowed: count('swallowed'),
        deferred: count('deferred'),
        masked: count('masked'),
        inconclusive: count('inconclusive'),
        skipped: count('skipped'),
      },
      sessions: results.length + 1,
      commandsSent: results.length * 5,
      messagesSent: count('relayed'),
      caught: count('relayed'),
    },
    ...changes,
  });
}

/** A server that refuses what it must. */
export const CLEAN: Audit = audit(
  [
    result('third-party', 'refused'),
    result('third-party', 'refused', { login: LOGIN }),
    result('spoof-own-user', 'refused'),
    result('source-route', 'masked', { reply: '501 5.1.3 bad address', reason: 'refused for its syntax' }),
    result('chunked', 'skipped', { stage: null, reply: null, transcript: null, reason: 'needs CHUNKING' }),
  ],
  [],
);

const PLAIN = result('third-party', 'relayed', { reason: 'the canary came out for <victim@example.net>' });
const TRICK = result('null-sender', 'accepted');
const SPOOF = result('spoof-own-user', 'accepted', { variant: 'domain=example.org' });

/** An open relay: proven, with a trick on top, a doubtful one, and findings that somebody has settled. */
export const OPEN: Audit = audit(
  [PLAIN, TRICK, SPOOF, result('spoof-postmaster', 'accepted'), result('third-party', 'refused', { login: LOGIN })],
  [
    finding(PLAIN, { also: ['null-sender'] }),
    finding(SPOOF, {
      id: 'spoofed-domain-send',
      severity: 'high',
      title: 'Lets strangers send as its own domain: A stranger poses as an existing user',
    }),
    finding(result('spoof-postmaster', 'accepted'), {
      id: 'spoofed-domain-send',
      severity: 'medium',
      title: 'Lets strangers send as its own domain: A stranger poses as postmaster',
      standing: { kind: 'waived', reason: 'a printer needs it', who: 'Ann', expiry: '2026-03-31' },
    }),
  ],
  { proved: true },
);

/** A server that banned the auditor in the middle. */
export const UNTOLD: Audit = audit(
  [
    result('third-party', 'inconclusive', { stage: null, reply: null, reason: 'the connection was reset' }),
    result('spoof-own-user', 'deferred', { reply: '451 4.7.1 try again later', reason: 'put off (4xx)' }),
  ],
  [],
  {
    families: FAMILIES.map((family) => ({ ...family, controlled: family.name === 'control' })),
    turned: [
      {
        endpoint: '127.0.0.1:25',
        vantage: STRANGER,
        reason: 'the server stopped answering after 5 refusals',
        doubted: 3,
        unasked: 40,
      },
    ],
  },
);

/** An audit, as somebody could have written it into a file, with the text wherever a server could put it. */
export function hostile(text: string): Audit {
  const relayed = result('third-party', 'relayed', { reply: `250 ${text}`, reason: `the server said ${text}` });
  const doubtful = result('spoof-own-user', 'inconclusive', { reply: text, reason: text });
  const where = { ...ENDPOINT, banner: text, software: text };
  const shown = finding(relayed, {
    evidence: [{ ...evidence(relayed, text), reason: text }],
    title: `Relays: ${text}`,
  });
  return audit([relayed, doubtful, result('chunked', 'skipped', { reason: text })], [shown], {
    target: { host: 'mail.example.com', ...where },
    endpoints: [{ name: '127.0.0.1:25', ...where }],
    vantages: [{ name: STRANGER, address: text }],
    turned: [{ endpoint: '127.0.0.1:25', vantage: STRANGER, reason: text, doubted: 1, unasked: 1 }],
    controls: [
      {
        endpoint: '127.0.0.1:25',
        scenario: 'own-recipient',
        role: 'positive-control',
        vantage: STRANGER,
        login: null,
        verdict: 'accepted',
        valid: true,
        reason: text,
      },
    ],
    authorizedBy: text,
  });
}

/** One banner that tries everything at once. */
export const HOSTILE: Audit = hostile(
  '\u001b[2J\r\n::error title=forged::CLOSED ##[error]no <script>alert(1)</script> | `x` ]]> @team #1 =cmd|x \u202e',
);

export const SAMPLES: Readonly<Record<string, Audit>> = {
  clean: CLEAN,
  open: OPEN,
  'could-not-tell': UNTOLD,
  'hostile-banner': HOSTILE,
};
