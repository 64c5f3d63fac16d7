import { describe, expect, test } from 'vitest';
import type { Audit, AuditResult } from '../../src/judge/audit.ts';
import { headline } from '../../src/report/headline.ts';
import { unaskedQuestions } from '../../src/judge/unasked.ts';
import { auditWith } from '../support/audits.ts';

function result(scenario: string, verdict: AuditResult['verdict'], reply: string): AuditResult {
  return {
    endpoint: '127.0.0.1:25',
    scenario,
    family: 'any',
    vantage: 'direct',
    login: null,
    variant: null,
    verdict,
    stage: 'rcpt',
    reply,
    reason: reply,
    expected: { answer: 'refuse', basis: 'safe-answer', violated: [] },
    agrees: null,
    transcript: 't',
    ms: 1,
  };
}

describe('questions that were never answered', () => {
  test.for([
    ['third-party', 'deferred', '451 try again later'],
    ['third-party', 'masked', '554 sender address rejected'],
    ['spoof-own-user', 'deferred', '451 try again later'],
    ['spoof-own-user', 'masked', '550 5.1.0 Sender address rejected: User unknown'],
  ] as const)('keep an audit from being a clean bill: %s, %s by %s', ([scenario, verdict, reply]) => {
    expect(unaskedQuestions({ results: [result(scenario, verdict, reply)] })).toEqual([
      expect.stringContaining(`${scenario} from direct`),
    ]);
  });

  test.for([
    ['third-party', 'refused', '554 relay access denied'],
    ['spoof-own-user', 'masked', '554 5.7.1 Sender address rejected: Access denied'],
    ['spoof-unknown-user', 'masked', '550 5.1.0 Sender address rejected: User unknown'],
    ['sender-route-quoted', 'masked', '501 5.1.7 Bad sender address syntax'],
  ] as const)('are none of these: %s, %s by %s', ([scenario, verdict, reply]) => {
    expect(unaskedQuestions({ results: [result(scenario, verdict, reply)] })).toEqual([]);
  });

  test('are told once, however many logins asked', () => {
    const twice = [result('third-party', 'deferred', '451 later'), result('third-party', 'deferred', '451 later')];
    expect(unaskedQuestions({ results: twice })).toHaveLength(1);
  });
});

describe('the sentence of a closed server', () => {
  const sentence = (unfilled: Audit['unfilled']): string => headline(auditWith([], { unfilled }), 'medium').sentence;

  test('says which questions were not asked for want of a name', () => {
    expect(sentence(['mx-domain', 'autoresponder'])).toBe(
      'nothing found, every family had a valid control; not asked without --fill: mx-domain, autoresponder',
    );
  });

  test('says nothing of it where all was asked', () => {
    expect(sentence([])).toBe('nothing found, every family had a valid control');
  });
});
