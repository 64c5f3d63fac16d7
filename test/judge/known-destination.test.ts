import { describe, expect, test } from 'vitest';
import type { Audit } from '../../src/judge/audit.ts';
import { judgeAudit } from '../../src/judge/judge-audit.ts';
import { FRESH_DESTINATION, SAME_TOP_LEVEL } from '../../src/judge/known-destination.ts';
import { outcomeOf } from '../../src/judge/outcome.ts';
import type { Caught } from '../../src/session/caught.ts';
import type { Transcript, Turn } from '../../src/session/transcript.ts';
import { AUDIT_NAMES, caughtOf, runRecordOf } from '../support/run-records.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { asked, SESSIONS, transcriptOf } from '../support/transcripts.ts';

const CANARY = `rp1-${'a'.repeat(32)}`;
const sent = (text: string): Turn => ({ kind: 'sent', at: 0, stage: 'rcpt', text });
const CATALOGUE = catalogueOf(
  {},
  { id: FRESH_DESTINATION, rcpt: '<v@{random}.test>' },
  { id: SAME_TOP_LEVEL, rcpt: '<v@{random}.{outside-top-level}>' },
  { id: 'spoof-own-user', mail: '<{own-user}>', declares: { flow: 'outbound', form: 'plain' } },
  { id: 'to-a-literal', rcpt: '<v@[198.51.100.99]>' },
);
const CONTROL = transcriptOf({ scenario: 'control-inbound', ...SESSIONS.sent(`rp1-${'c'.repeat(32)}`) });
const TO_OUTSIDE = { turns: [sent('RCPT TO:<v@Outside.TEST>')] };
const PLAIN = transcriptOf({ ...SESSIONS.accepted(), ...TO_OUTSIDE });
const DENIED = transcriptOf({ scenario: FRESH_DESTINATION, ...SESSIONS.refused() });

const judge = (transcripts: readonly Transcript[], caught: readonly Caught[] = []): Audit =>
  judgeAudit(
    runRecordOf({
      transcripts: [CONTROL, ...transcripts],
      names: { ...AUDIT_NAMES, random: 'q1', 'outside-top-level': 'test' },
      caught,
    }),
    CATALOGUE,
    null,
  );
const verdictOf = (audit: Audit, scenario = 'third-party') =>
  audit.results.find((result) => result.scenario === scenario)?.verdict;

describe('an outside domain that the server has a destination of its own in', () => {
  test('is told by a fresh one that is denied, and then nobody can tell', () => {
    const audit = judge([PLAIN, DENIED]);
    expect(audit.findings).toEqual([]);
    expect(outcomeOf(audit, 'medium')).toMatchObject({
      kind: 'could-not-tell',
      reasons: [
        expect.stringMatching(/outside\.test is a destination of this server's own.*550 5\.7\.1.*another --outside/),
      ],
    });
  });

  test('is none even where the message came out', () => {
    const audit = judge([transcriptOf({ ...SESSIONS.sent(CANARY), ...TO_OUTSIDE }), DENIED], [caughtOf(CANARY)]);
    expect(verdictOf(audit)).toBe('inconclusive');
  });

  test('puts every other way to that domain in doubt, and no way to another one', () => {
    const spoof = transcriptOf({ scenario: 'spoof-own-user', ...SESSIONS.accepted(), ...TO_OUTSIDE });
    const literal = transcriptOf({
      scenario: 'to-a-literal',
      ...SESSIONS.accepted(),
      turns: [sent('MAIL FROM:<s@outside.test>'), sent('RCPT TO:<v@[198.51.100.99]>')],
    });
    const audit = judge([PLAIN, DENIED, spoof, literal]);
    expect(verdictOf(audit, 'spoof-own-user')).toBe('inconclusive');
    expect(audit.findings.map(({ scenario }) => scenario)).toEqual(['to-a-literal']);
  });

  test('may deny the fresh one in words for a mailbox, as OpenSMTPD does', () => {
    const reply = asked('rcpt', 550, 'Invalid recipient: <v@q1.test>');
    expect(verdictOf(judge([PLAIN, transcriptOf({ scenario: FRESH_DESTINATION, asked: [reply] })]))).toBe(
      'inconclusive',
    );
  });
});

describe('an open relay', () => {
  test('takes the fresh domain as well', () => {
    const fresh = transcriptOf({ scenario: FRESH_DESTINATION, ...SESSIONS.accepted() });
    expect(judge([PLAIN, fresh]).findings.map(({ scenario }) => scenario)).toContain('third-party');
  });

  test.for([
    [450, '4.1.2 <v@q1.test>: Recipient address rejected: Domain not found'],
    [550, '5.1.2 <v@q1.test>: Recipient address rejected: Domain not found'],
    [550, 'Unrouteable address: host lookup did not complete'],
    [451, '4.7.1 greylisted'],
  ] as const)('may miss it in its name service: %i %s', ([code, text]) => {
    const fresh = transcriptOf({ scenario: FRESH_DESTINATION, asked: [asked('rcpt', code, text)] });
    expect(judge([PLAIN, fresh]).findings.map(({ scenario }) => scenario)).toEqual(['third-party']);
  });

  test('for own senders denies both to strangers, and is none the less open', () => {
    const plain = transcriptOf(SESSIONS.refused());
    const spoof = transcriptOf({ scenario: 'spoof-own-user', ...SESSIONS.accepted(), ...TO_OUTSIDE });
    expect(judge([plain, DENIED, spoof]).findings.map(({ scenario }) => scenario)).toEqual(['spoof-own-user']);
  });

  test('from one place is not excused by what another place is denied', () => {
    const elsewhere = transcriptOf({ scenario: FRESH_DESTINATION, vantage: 'bind=10.0.0.1', ...SESSIONS.refused() });
    expect(judge([PLAIN, elsewhere]).findings.map(({ scenario }) => scenario)).toEqual(['third-party']);
  });
});

describe('an outside domain whose top-level domain the server takes as a whole', () => {
  const below = { scenario: SAME_TOP_LEVEL, turns: [sent('RCPT TO:<v@q1.test>')] };
  const audit = judge([PLAIN, DENIED, transcriptOf({ ...below, ...SESSIONS.accepted() })]);

  test('is no destination of its own, and the finding is that of the top-level domain', () => {
    expect(audit.findings.map(({ id, scenario }) => ({ id, scenario }))).toEqual([
      { id: 'third-party-relay', scenario: SAME_TOP_LEVEL },
    ]);
    expect(outcomeOf(audit, 'medium').kind).toBe('findings');
  });

  test('tells nothing about names elsewhere, and says why', () => {
    expect(audit.results.find(({ scenario }) => scenario === 'third-party')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/takes mail for every name below \.test, a fresh one too/),
    });
  });

  test('is called a destination of its own where the fresh name below it is denied', () => {
    const denied = judge([PLAIN, DENIED, transcriptOf({ ...below, ...SESSIONS.refused() })]);
    expect(denied.findings).toEqual([]);
    expect(denied.results.find(({ scenario }) => scenario === 'third-party')?.reason).toMatch(/of this server's own/);
  });
});
