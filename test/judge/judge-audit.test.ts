import { describe, expect, test } from 'vitest';
import type { Audit, AuditResult, Finding } from '../../src/judge/audit.ts';
import { judgeAudit, type RunRecord } from '../../src/judge/judge-audit.ts';
import { mergeAudits } from '../../src/judge/merge-audits.ts';
import { policyDigest } from '../../src/policy/policy-digest.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import { outcomeOf } from '../../src/judge/outcome.ts';
import type { SkippedProbe } from '../../src/session/plan.ts';
import type { Stage, Transcript } from '../../src/session/transcript.ts';
import { COMES_OUT, LOGGED_IN, OUTBOUND } from '../support/outside-control.ts';
import { caughtOf, runRecordOf } from '../support/run-records.ts';
import { catalogueOf, type ScenarioFields } from '../support/scenarios.ts';
import { asked, received, replyOf, SESSIONS, transcriptOf } from '../support/transcripts.ts';

const CANARY = `rp1-${'a'.repeat(32)}`;
const OTHER_CANARY = `rp1-${'b'.repeat(32)}`;
const SPOOF: ScenarioFields = {
  id: 'spoof-own-user',
  mail: '<{own-user}>',
  declares: { flow: 'outbound', form: 'plain' },
  default: { listed: 'accept', unlisted: 'refuse' },
  finds: 'spoofed-domain-send',
  severity: 'high',
};
const TRICK: ScenarioFields = {
  id: 'percent-hack',
  rcpt: '<v%{outside-domain}@{own}>',
  declares: { flow: 'relay', form: 'ambiguous', sender: '{sender}' },
  severity: 'high',
  finds: 'routed-recipient',
};

const CONTROL = transcriptOf({ scenario: 'control-inbound', ...SESSIONS.sent(`rp1-${'c'.repeat(32)}`) });
const SILENT_CONTROL = transcriptOf({ scenario: 'control-inbound', ...SESSIONS.accepted() });

function judge(
  transcripts: readonly Transcript[],
  changes: Partial<RunRecord> = {},
  policy: Parameters<typeof judgeAudit>[2] = null,
): Audit {
  return judgeAudit(runRecordOf({ transcripts, ...changes }), catalogueOf({}, SPOOF, TRICK, OUTBOUND), policy);
}

function resultOf(audit: Audit, scenario = 'third-party'): AuditResult {
  const result = audit.results.find((one) => one.scenario === scenario);
  if (result === undefined) throw new Error(`there is no result of ${scenario}`);
  return result;
}

function exitOf(audit: Audit): string {
  return outcomeOf(audit, 'medium').kind;
}

describe('a session beside a valid control', () => {
  test.each<[string, Partial<Transcript>, AuditResult['verdict'], AuditResult['stage']]>([
    ['refused at RCPT', SESSIONS.refused(), 'refused', 'rcpt'],
    [
      'refused at MAIL by a server that asks for a login',
      { asked: [asked('mail', 530, '5.7.0 Authentication required')] },
      'refused',
      'mail',
    ],
    [
      'refused with 454 by the words of a denial',
      SESSIONS.deferred(454, '4.7.1 Relay access denied'),
      'refused',
      'rcpt',
    ],
    ['greylisted', SESSIONS.deferred(), 'deferred', 'rcpt'],
    ['refused for the sender', SESSIONS.refused('5.1.8 Sender address rejected: Domain not found'), 'masked', 'rcpt'],
    ['refused by a block list', SESSIONS.refused('5.7.1 blocked using zen.spamhaus.org'), 'masked', 'rcpt'],
    ['accepted, with nothing sent', SESSIONS.accepted(), 'accepted', 'rcpt'],
    [
      'accepted at RCPT and refused at end of data',
      SESSIONS.sent(CANARY, 550, '5.7.1 not for strangers'),
      'refused',
      'end-of-data',
    ],
    [
      'accepted at RCPT and put off at end of data',
      SESSIONS.sent(CANARY, 451, '4.3.0 later'),
      'deferred',
      'end-of-data',
    ],
    ['taken at end of data, never seen again', SESSIONS.sent(CANARY), 'swallowed', 'end-of-data'],
    [
      'lost after the final dot',
      {
        ...SESSIONS.accepted(),
        canary: CANARY,
        message: { kind: 'unanswered' },
        end: { kind: 'closed', stage: 'end-of-data', detail: 'gone' },
      },
      'inconclusive',
      'end-of-data',
    ],
    ['timed out', { end: { kind: 'timed-out', stage: 'rcpt', detail: 'no answer' } }, 'inconclusive', 'rcpt'],
    ['not reached', { end: { kind: 'unreachable', detail: 'ECONNREFUSED' } }, 'inconclusive', 'connect'],
    ['garbled', { end: { kind: 'garbled', stage: 'mail', fault: 'mixed-codes' } }, 'inconclusive', 'mail'],
    ['not able to log in', { end: { kind: 'no-login', detail: 'refused' } }, 'inconclusive', 'auth'],
    ['not offered what it needs', { end: { kind: 'not-offered', needed: 'CHUNKING' } }, 'skipped', 'ehlo'],
    ['broken off by us', { end: { kind: 'withheld', detail: 'needs --prove' } }, 'skipped', null],
    [
      'held back by the gate',
      { end: { kind: 'out-of-scope', stage: 'rcpt', names: ['victim.zz'] } },
      'inconclusive',
      'rcpt',
    ],
    ['called off', { end: { kind: 'aborted' } }, 'inconclusive', null],
    [
      'refused, out of step',
      { ...SESSIONS.refused(), end: { kind: 'desync', stage: 'reset', detail: 'a reply before its command' } },
      'inconclusive',
      'rcpt',
    ],
    [
      'accepted with a code of another command',
      { asked: [asked('mail', 250, 'ok'), asked('rcpt', 354, 'go')] },
      'inconclusive',
      'rcpt',
    ],
    ['taken with a code of another command', SESSIONS.sent(CANARY, 221, 'bye'), 'inconclusive', 'rcpt'],
  ])('that was %s', (_, session, verdict, stage) => {
    // Given a server that took its own mail to the end and sends out that of its users, when it answers a stranger so
    const audit = judge([CONTROL, LOGGED_IN, transcriptOf(session)], COMES_OUT);
    // Then the verdict is that
    expect(resultOf(audit)).toMatchObject({ verdict, stage });
    expect(resultOf(audit).reason).not.toBe('');
  });

  test('whose canary came out was relayed, whatever the server said about it', () => {
    for (const code of [250, 451, 550]) {
      const audit = judge([CONTROL, transcriptOf(SESSIONS.sent(CANARY, code))], { caught: [caughtOf(CANARY)] });
      expect(resultOf(audit).verdict).toBe('relayed');
      expect(audit.findings.map(({ id, confidence }) => [id, confidence])).toEqual([['third-party-relay', 'high']]);
      expect(audit.findings[0]?.evidence[0]?.caught).toHaveLength(1);
    }
  });

  test('is not relayed for a canary of another session', () => {
    const caught = [...COMES_OUT.caught, caughtOf(OTHER_CANARY)];
    const audit = judge([CONTROL, LOGGED_IN, transcriptOf(SESSIONS.sent(CANARY))], { ...COMES_OUT, caught });
    expect(resultOf(audit).verdict).toBe('swallowed');
  });

  test('that came back to its sender was bounced: taken, and a reflection', () => {
    const bounce = caughtOf(CANARY, { from: '', to: 's@sender.test' });
    const audit = judge([CONTROL, transcriptOf(SESSIONS.sent(CANARY))], { caught: [bounce] });
    expect(resultOf(audit)).toMatchObject({ verdict: 'swallowed', reason: expect.stringContaining('bounced') });
    expect(audit.findings.map(({ id }) => id)).toEqual(['reflection']);
  });

  test('taken at end of data with nobody watching is accepted, at medium confidence', () => {
    const audit = judge([CONTROL, transcriptOf(SESSIONS.sent(CANARY))], { watched: false });
    expect(resultOf(audit).verdict).toBe('accepted');
    expect(audit.findings.map(({ confidence }) => confidence)).toEqual(['medium']);
  });

  test('accepted at RCPT alone is a finding of low confidence', () => {
    const audit = judge([CONTROL, transcriptOf(SESSIONS.accepted())]);
    expect(audit.findings.map(({ id, confidence, severity }) => [id, confidence, severity])).toEqual([
      ['third-party-relay', 'low', 'critical'],
    ]);
  });

  test('in which a message disappears is a finding, and a low one', () => {
    const audit = judge([CONTROL, LOGGED_IN, transcriptOf(SESSIONS.sent(CANARY))], COMES_OUT);
    expect(audit.findings.map(({ id, severity }) => [id, severity])).toEqual([['discarded-relay', 'low']]);
  });
});

describe('a message that was taken', () => {
  const taken = [CONTROL, transcriptOf(SESSIONS.sent(CANARY))];
  const unreadable = (to: string) => ({ ...caughtOf(CANARY, { to }), canary: null });

  test('and may be one that came out without its canary leaves a doubt, never a clean bill', () => {
    const audit = judge(taken, { caught: [unreadable('v@outside.test')] });
    expect(resultOf(audit)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('cannot be read'),
    });
    expect(exitOf(audit)).toBe('could-not-tell');
    expect(audit.summary.caught).toBe(0);
  });

  test('is not doubted for mail to somebody else', () => {
    const caught = [...COMES_OUT.caught, unreadable('bob@example.com')];
    expect(resultOf(judge([...taken, LOGGED_IN], { ...COMES_OUT, caught })).verdict).toBe('swallowed');
  });

  test('and came out for a name that nobody asked for leaves a doubt', () => {
    const audit = judge(taken, { caught: [caughtOf(CANARY, { to: 'v@outsidetest' })] });
    expect(resultOf(audit)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('<v@outsidetest>'),
    });
  });

  test('and went where mail for own users goes stayed inside', () => {
    const control = CONTROL.canary ?? '';
    const caught = [caughtOf(control, { to: 'alice@behind.internal' }), caughtOf(CANARY, { to: 'v@behind.internal' })];
    expect(resultOf(judge(taken, { caught })).verdict).toBe('swallowed');
  });
});

describe('where an own user forwards to the outside mailbox', () => {
  const forwarded = caughtOf(CONTROL.canary ?? '');
  const trick = transcriptOf({ scenario: 'percent-hack', ...SESSIONS.sent(CANARY) });

  test('what comes out there tells nothing, and another mailbox is asked for', () => {
    for (const session of [trick, transcriptOf(SESSIONS.sent(CANARY)), transcriptOf(SESSIONS.sent(CANARY, 550))]) {
      const audit = judge([CONTROL, session], { caught: [forwarded, caughtOf(CANARY)] });
      expect(resultOf(audit, session.scenario)).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining('choose another --outside'),
      });
      expect(audit.findings).toEqual([]);
      expect(exitOf(audit)).toBe('could-not-tell');
    }
  });

  test('the control is valid, and a server that refuses the rest is clean', () => {
    const audit = judge([CONTROL, transcriptOf(SESSIONS.refused())], { caught: [forwarded] });
    expect(audit.controls.map(({ valid, verdict }) => [valid, verdict])).toEqual([[true, 'accepted']]);
    expect(exitOf(audit)).toBe('clean');
  });

  test('what comes out for another mailbox outside is proven all the same', () => {
    const caught = [forwarded, caughtOf(CANARY), caughtOf(CANARY, { to: 'w@outside.test' })];
    expect(outcomeOf(judge([CONTROL, trick], { caught }), 'medium')).toMatchObject({ proven: true });
  });

  test('mail of a login that comes out there came out, as it may', () => {
    const caught = [forwarded, ...COMES_OUT.caught];
    const session = transcriptOf(SESSIONS.sent(CANARY));
    const audit = judge([CONTROL, LOGGED_IN, session], { ...COMES_OUT, caught });
    expect(audit.controls.map(({ valid }) => valid)).toEqual([true, true]);
    expect(resultOf(audit).verdict).toBe('swallowed');
  });
});

describe('a connection that is closed', () => {
  const closing = (stage: Stage, code: number, text: string): Transcript =>
    transcriptOf({
      turns: [received('mail', 250, 'ok'), received(stage, code, text)],
      end: { kind: 'closed', stage: 'rcpt', detail: 'the server closed the connection' },
    });

  test('right after a refused login was refused with it', () => {
    expect(resultOf(judge([CONTROL, closing('auth', 535, '5.7.8 authentication failed')]))).toMatchObject({
      verdict: 'refused',
      stage: 'auth',
    });
  });

  test('right after a refusal to relay was refused', () => {
    expect(resultOf(judge([CONTROL, closing('rcpt', 550, '5.7.1 Relaying denied')]))).toMatchObject({
      verdict: 'refused',
      stage: 'rcpt',
    });
  });

  test('so while a message is sent on was refused, and leaves its outcome open after anything else', () => {
    const sending = { message: { kind: 'unanswered' as const }, canary: CANARY };
    const refused = { ...closing('rcpt', 550, '5.7.1 Relaying denied'), ...sending };
    expect(resultOf(judge([CONTROL, refused])).verdict).toBe('refused');
    expect(resultOf(judge([CONTROL, { ...closing('data', 354, 'go ahead'), ...sending }])).verdict).toBe(
      'inconclusive',
    );
  });

  test.for([
    ['ehlo', 550, '5.7.1 Relaying denied'],
    ['rcpt', 421, '4.7.0 Too many errors'],
    ['rcpt', 250, 'ok'],
    ['rcpt', 550, '5.7.1 Client host rejected'],
  ] as const)('after %s %i %s tells nothing', ([stage, code, text]) => {
    expect(resultOf(judge([CONTROL, closing(stage, code, text)])).verdict).toBe('inconclusive');
  });

  test.for<[string, Transcript['end']]>([
    ['closes', { kind: 'closed', stage: 'mail', detail: 'the server closed the connection' }],
    ['fails the handshake', { kind: 'tls-failed', stage: 'starttls', detail: 'wrong version number' }],
    [
      'refuses STARTTLS',
      { kind: 'diverged', stage: 'starttls', reply: replyOf(554, 'synchronization error'), wanted: '220' },
    ],
  ])('is an answer where the scenario says so, and only there: it %s', ([, end]) => {
    const catalogue = catalogueOf({}, { id: 'injection', closing: 'refusal' });
    const record = runRecordOf({
      transcripts: [CONTROL, transcriptOf({ scenario: 'injection', end }), transcriptOf({ end })],
    });
    const audit = judgeAudit(record, catalogue, null);
    expect(resultOf(audit, 'injection').verdict).toBe('refused');
    expect(resultOf(audit).verdict).toBe('inconclusive');
  });

  test('is none where a recipient was taken before', () => {
    const end: Transcript['end'] = { kind: 'closed', stage: 'data', detail: 'gone' };
    const session = transcriptOf({ scenario: 'injection', ...SESSIONS.accepted(), end });
    const catalogue = catalogueOf({}, { id: 'injection', closing: 'refusal' });
    const audit = judgeAudit(runRecordOf({ transcripts: [CONTROL, session] }), catalogue, null);
    expect(resultOf(audit, 'injection').verdict).toBe('inconclusive');
  });

  test.for([
    ['localhost', 550, 'refused'],
    ['localhost', 450, 'inconclusive'],
    ['{helo}', 550, 'inconclusive'],
  ] as const)('at the greeting is an answer where the name in it is the question: %s, %i', ([helo, code, verdict]) => {
    const end: Transcript['end'] = {
      kind: 'diverged',
      stage: 'ehlo',
      reply: replyOf(code, '5.7.1 that name is mine'),
      wanted: '250',
    };
    const catalogue = catalogueOf({}, { id: 'helo-name', helo });
    const record = runRecordOf({ transcripts: [CONTROL, transcriptOf({ scenario: 'helo-name', end })] });
    expect(resultOf(judgeAudit(record, catalogue, null), 'helo-name').verdict).toBe(verdict);
  });

  test('for want of a certificate just now is none', () => {
    const end: Transcript['end'] = {
      kind: 'diverged',
      stage: 'starttls',
      reply: replyOf(454, '4.7.0 TLS not available'),
      wanted: '220',
    };
    const catalogue = catalogueOf({}, { id: 'injection', closing: 'refusal' });
    const record = runRecordOf({ transcripts: [CONTROL, transcriptOf({ scenario: 'injection', end })] });
    expect(resultOf(judgeAudit(record, catalogue, null), 'injection').verdict).not.toBe('refused');
  });

  const goodbye = received('rcpt', 421, '4.7.0 Error: too many errors');
  const hungUp: Partial<Transcript> = {
    turns: [received('auth', 535, '5.7.8 bad credentials'), goodbye],
    end: { kind: 'closed', stage: 'mail', detail: 'the server said goodbye' },
  };

  test('for the errors of its own session lets nobody come to the question: no doubt, and no clean answer either', () => {
    expect(resultOf(judge([CONTROL, transcriptOf(hungUp)]))).toMatchObject({
      verdict: 'deferred',
      reason: 'too many errors at RCPT: 421 4.7.0 Error: too many errors',
    });
  });

  test('so with a message under way has not taken it, which a close without a word leaves open', () => {
    const message = { ...hungUp, ...SESSIONS.accepted(), message: { kind: 'unanswered' as const }, canary: CANARY };
    expect(resultOf(judge([CONTROL, transcriptOf(message)])).verdict).toBe('deferred');
    expect(resultOf(judge([CONTROL, transcriptOf({ ...message, turns: [] })])).verdict).toBe('inconclusive');
  });

  test('after an acceptance takes nothing of it back', () => {
    expect(resultOf(judge([CONTROL, transcriptOf({ ...hungUp, ...SESSIONS.accepted() })])).verdict).toBe(
      'inconclusive',
    );
  });
});

describe('a server that wants a login from everybody', () => {
  const wanted = replyOf(530, '5.7.0 Authentication required');
  const control = transcriptOf({ scenario: 'control-inbound', asked: [{ stage: 'mail', reply: wanted }] });

  test('is clean where no question gets past it', () => {
    const plain = transcriptOf({ asked: [{ stage: 'mail', reply: wanted }] });
    const trick = transcriptOf({
      scenario: 'percent-hack',
      end: { kind: 'diverged', stage: 'mail', reply: wanted, wanted: '2xx' },
    });
    const audit = judge([control, plain, trick]);
    expect(audit.results.map(({ verdict }) => verdict)).toEqual(['refused', 'refused', 'masked']);
    expect(exitOf(audit)).toBe('clean');
  });
});

describe('a refusal', () => {
  test('without any control tells nothing', () => {
    const audit = judge([transcriptOf(SESSIONS.refused())]);
    expect(resultOf(audit)).toMatchObject({ verdict: 'inconclusive', agrees: null });
    expect(exitOf(audit)).toBe('could-not-tell');
  });

  test('of a server that refuses everybody tells nothing', () => {
    const everybody = SESSIONS.refused('5.7.1 Client host rejected: Access denied');
    const audit = judge([transcriptOf({ scenario: 'control-inbound', ...everybody }), transcriptOf(everybody)]);
    expect(resultOf(audit).verdict).toBe('inconclusive');
    expect(audit.families.every(({ controlled }) => !controlled)).toBe(true);
    expect(exitOf(audit)).toBe('could-not-tell');
  });

  test('is not believed beside the control of another vantage, or of another login', () => {
    for (const elsewhere of [{ vantage: 'bind=127.0.0.9' }, { login: 'alice' }]) {
      const audit = judge([{ ...CONTROL, ...elsewhere }, transcriptOf(SESSIONS.refused())]);
      expect(resultOf(audit).verdict).toBe('inconclusive');
    }
  });

  test('at end of data is not believed beside a control that never got there', () => {
    const late = transcriptOf(SESSIONS.sent(CANARY, 550, '5.7.1 no'));
    expect(resultOf(judge([SILENT_CONTROL, late])).verdict).toBe('inconclusive');
    expect(resultOf(judge([CONTROL, late])).verdict).toBe('refused');
  });

  test('is not believed once the server has turned on us', () => {
    const refused = transcriptOf(SESSIONS.refused());
    const turned = [{ vantage: 'direct', doubted: [refused.id], unasked: [], reason: 'it answers otherwise' }];
    const audit = judge([CONTROL, refused], { turned });
    expect(resultOf(audit)).toMatchObject({ verdict: 'inconclusive', reason: 'it answers otherwise' });
    expect(exitOf(audit)).toBe('could-not-tell');
  });

  test('believed everywhere gives a clean bill', () => {
    const audit = judge([
      CONTROL,
      transcriptOf(SESSIONS.refused()),
      transcriptOf({ scenario: 'spoof-own-user', ...SESSIONS.refused() }),
    ]);
    expect(audit.findings).toEqual([]);
    expect(exitOf(audit)).toBe('clean');
  });
});

describe('findings', () => {
  test('of a server that trusts own senders are one of spoofing and none of third-party relay', () => {
    const audit = judge(
      [
        CONTROL,
        transcriptOf(SESSIONS.refused()),
        transcriptOf({ scenario: 'spoof-own-user', ...SESSIONS.sent(CANARY) }),
      ],
      {
        caught: [caughtOf(CANARY, { from: 'alice@example.com' })],
      },
    );
    expect(audit.findings.map(({ id }) => id)).toEqual(['spoofed-domain-send']);
  });

  test('fold a trick into the plain hole that it leaks through, and not into a closed one', () => {
    const trick = transcriptOf({ scenario: 'percent-hack', ...SESSIONS.accepted() });
    const open = judge([CONTROL, transcriptOf(SESSIONS.accepted()), trick]);
    expect(open.findings.map(({ scenario, also }) => [scenario, also])).toEqual([['third-party', ['percent-hack']]]);
    const closed = judge([CONTROL, transcriptOf(SESSIONS.refused()), trick]);
    expect(closed.findings.map(({ id, scenario }) => [id, scenario])).toEqual([['routed-recipient', 'percent-hack']]);
  });

  test('fold what leaks inside TLS into the plain question there, where it does not leak in the clear', () => {
    const underTls = (scenario: string): Transcript =>
      transcriptOf({
        scenario,
        ...SESSIONS.accepted(),
        turns: [{ kind: 'sent', at: 0, stage: 'starttls', text: 'STARTTLS' }],
      });
    const sessions = [
      CONTROL,
      transcriptOf(SESSIONS.refused()),
      underTls('third-party-under-tls'),
      underTls('percent-hack'),
    ];
    const tls: ScenarioFields = { id: 'third-party-under-tls', declares: { flow: 'relay', form: 'plain' } };
    const audit = judgeAudit(runRecordOf({ transcripts: sessions }), catalogueOf({}, tls, TRICK), null);
    expect(audit.findings.map(({ scenario, also }) => [scenario, also])).toEqual([
      ['third-party-under-tls', ['percent-hack']],
    ]);
  });

  test('are told worst first, with the strongest evidence first and no more than four sessions of it', () => {
    const from = (vantage: string, session: Partial<Transcript>): Transcript => transcriptOf({ vantage, ...session });
    const vantages = ['a', 'b', 'c', 'd', 'e', 'f'];
    const audit = judge(
      [
        ...vantages.map((vantage) => ({ ...CONTROL, vantage })),
        ...vantages.map((vantage) => from(vantage, vantage === 'e' ? SESSIONS.sent(CANARY) : SESSIONS.accepted())),
        transcriptOf({ scenario: 'spoof-own-user', vantage: 'a', ...SESSIONS.accepted() }),
      ],
      { caught: [caughtOf(CANARY)], vantageAddresses: Object.fromEntries(vantages.map((vantage) => [vantage, null])) },
    );
    expect(audit.findings.map(({ severity }) => severity)).toEqual(['critical', 'high']);
    const evidence = audit.findings[0]?.evidence ?? [];
    expect(evidence).toHaveLength(4);
    expect(evidence[0]).toMatchObject({ vantage: 'e', verdict: 'relayed' });
  });

  test('keep their fingerprint from run to run, whatever the server says and when', () => {
    const finger = (changes: Partial<RunRecord>, session: Partial<Transcript>): string | undefined =>
      judge([CONTROL, transcriptOf(session)], changes).findings[0]?.fingerprint;
    const first = finger({}, SESSIONS.accepted());
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    const later = { startedAt: '2026-01-01T00:00:00.000Z', durationMs: 5, caught: [caughtOf(CANARY)] };
    expect(finger(later, SESSIONS.sent(CANARY))).toBe(first);
    const target = { host: 'mx.example.com', address: '127.0.0.1', port: 25, banner: 'x ESMTP Postfix' };
    expect(finger({ target }, SESSIONS.accepted())).toBe(first);
    for (const other of [{ host: 'mx2.example.com' }, { address: '127.0.0.2' }, { port: 26 }])
      expect(finger({ target: { ...target, ...other } }, SESSIONS.accepted())).not.toBe(first);
  });

  test('have another fingerprint for another class of client, and the same for another client of it', () => {
    const from = (...addresses: readonly string[]): Finding | undefined => {
      const vantageAddresses = Object.fromEntries(addresses.map((address) => [`proxy=${address}`, address]));
      const transcripts = Object.keys(vantageAddresses).flatMap((vantage) => [
        { ...CONTROL, vantage },
        transcriptOf({ vantage, ...SESSIONS.accepted() }),
      ]);
      const { findings } = judge(transcripts, { vantageAddresses });
      expect(findings).toHaveLength(1);
      return findings[0];
    };
    const [inside, outside] = [from('10.88.0.7'), from('198.51.100.7')];
    expect([inside, outside].map((finding) => finding?.reach)).toEqual([
      [{ endpoint: '127.0.0.1:25', vantageClass: 'private', confidence: 'low' }],
      [{ endpoint: '127.0.0.1:25', vantageClass: 'public', confidence: 'low' }],
    ]);
    expect(from('10.88.0.9')?.fingerprint).toBe(inside?.fingerprint);
    expect(outside?.fingerprint).not.toBe(inside?.fingerprint);
    expect(outside?.cause).toBe(inside?.cause);
    expect(from('10.88.0.7', '198.51.100.7', '127.0.0.1')?.fingerprint).toBe(outside?.fingerprint);
  });

  test('are of the class that the server sees, where a router of ours translates', () => {
    const turns = [received('ehlo', 250, 'mx Hello client.test [203.0.113.5]', 'SIZE')];
    const transcripts = [CONTROL, transcriptOf({ ...SESSIONS.accepted(), turns, localAddress: '192.168.1.5' })];
    expect(judge(transcripts).findings.map(({ reach }) => reach[0]?.vantageClass)).toEqual(['public']);
  });

  test('fit their remedy to the software where it can be told', () => {
    const remedy = (banner: string): string =>
      judge([CONTROL, transcriptOf(SESSIONS.accepted())], {
        target: { host: 'h', address: '127.0.0.1', port: 25, banner },
      }).findings[0]?.remedy ?? '';
    expect(remedy('mx ESMTP Postfix')).toContain('mynetworks');
    expect(remedy('mx ESMTP Exim 4.96')).toContain('relay_from_hosts');
    expect(remedy('mx ESMTP')).not.toContain('mynetworks');
    expect(remedy('mx ESMTP')).not.toBe('');
  });
});

describe('what is right', () => {
  const policy = policyFromSettings({ domains: ['example.com'] });
  const listed = { vantageAddresses: { direct: '10.0.0.10' } };
  const unlisted = { vantageAddresses: { direct: '198.51.100.7' } };
  const spoof = transcriptOf({ scenario: 'spoof-own-user', ...SESSIONS.accepted() });

  test('is computed from the policy where there is one, for the address that the server sees', () => {
    expect(resultOf(judge([CONTROL, spoof], listed, policy), 'spoof-own-user')).toMatchObject({
      expected: { answer: 'accept', basis: 'policy', violated: [] },
      agrees: true,
    });
    const strange = judge([CONTROL, spoof], unlisted, policy);
    expect(resultOf(strange, 'spoof-own-user')).toMatchObject({
      expected: { answer: 'refuse', basis: 'policy', violated: ['restrictOutbound.toListedIps'] },
      agrees: false,
    });
    expect(strange.findings.map(({ id }) => id)).toEqual(['spoofed-domain-send']);
    expect(strange.policy).toBe(policyDigest(policy));
  });

  test('is the safe answer where there is none', () => {
    expect(resultOf(judge([CONTROL, spoof], listed), 'spoof-own-user').expected.basis).toBe('safe-answer');
  });

  test('of mail that the policy admits and the server refuses is a finding of another kind', () => {
    const refused = transcriptOf({ scenario: 'spoof-own-user', ...SESSIONS.refused() });
    const audit = judge([CONTROL, refused], listed, policy);
    expect(audit.findings.map(({ id, severity }) => [id, severity])).toEqual([['required-mail-refused', 'medium']]);
  });
});

test('an audit counts what was done', () => {
  const audit = judge(
    [CONTROL, transcriptOf({ ...SESSIONS.refused(), turns: [{ kind: 'sent', at: 0, stage: 'rcpt', text: 'x' }] })],
    {
      skipped: [
        {
          id: 'x',
          scenario: 'percent-hack',
          vantage: 'direct',
          login: null,
          variant: null,
          reason: { kind: 'needs-proof' },
        },
      ],
    },
  );
  expect(audit.summary).toMatchObject({ sessions: 2, commandsSent: 1, messagesSent: 1, caught: 0 });
  expect(audit.summary.verdicts).toMatchObject({ refused: 1, accepted: 1, skipped: 1 });
  expect(resultOf(audit, 'percent-hack').reason).toContain('--prove');
});

test('an audit names what only the operator could have named, and nothing that is missing for another reason', () => {
  const skipped = (scenario: string, reason: SkippedProbe['reason'], vantage = 'direct'): SkippedProbe => ({
    id: `${scenario} ${vantage}`,
    scenario,
    vantage,
    login: null,
    variant: null,
    reason,
  });
  const audit = judge([CONTROL], {
    skipped: [
      skipped('percent-hack', { kind: 'missing-name', placeholder: 'listed-address' }),
      skipped('percent-hack', { kind: 'missing-name', placeholder: 'listed-address' }, 'bind=127.0.0.9'),
      skipped('third-party', { kind: 'missing-name', placeholder: 'mx-domain' }),
      skipped('spoof-own-user', { kind: 'missing-name', placeholder: 'second-own' }),
      skipped('spoof-own-user', { kind: 'intrusive' }),
    ],
  });
  expect(audit.unfilled).toEqual(['mx-domain', 'listed-address']);
  expect(mergeAudits([judge([CONTROL]), audit]).unfilled).toEqual(['mx-domain', 'listed-address']);
});

test('judging again gives the same audit, and changes nothing of the record', () => {
  const record = runRecordOf({
    transcripts: [
      CONTROL,
      transcriptOf({
        ...SESSIONS.accepted(),
        message: { kind: 'answered', stage: 'data', reply: replyOf(554, 'no') },
        canary: CANARY,
      }),
    ],
  });
  const before = JSON.stringify(record);
  const [one, two] = [judgeAudit(record, catalogueOf({}), null), judgeAudit(record, catalogueOf({}), null)];
  expect(two).toEqual(one);
  expect(JSON.stringify(record)).toBe(before);
});
