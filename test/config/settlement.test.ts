import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, Reach } from '../../src/judge/audit.ts';
import { auditSchema } from '../../src/judge/audit-schema.ts';
import { namesOf } from '../../src/judge/fingerprint.ts';
import { findingsThatCount, outcomeOf } from '../../src/judge/outcome.ts';
import { settleFindings } from '../../src/config/settlement.ts';
import type { Waiver } from '../../src/judge/waivers.ts';
import { auditWith, findingNamed } from '../support/audits.ts';

const TODAY = new Date('2026-11-24T12:00:00Z');
const OLD = findingNamed('old');
const NEW = findingNamed('new');

function waiverOf(fingerprint: string, changes: Partial<Waiver> = {}): Waiver {
  return { fingerprint, reason: 'the printer cannot log in', who: 'Ann Admin', expiry: '2026-12-31', ...changes };
}

describe('a baseline', () => {
  test('keeps what it has from counting, and nothing else', () => {
    const { audits } = settleFindings([auditWith([OLD, NEW])], { baseline: [auditWith([OLD])], waivers: [] }, TODAY);

    expect(audits[0]?.findings.map(({ standing }) => standing)).toEqual([{ kind: 'known' }, undefined]);
    expect(findingsThatCount(audits[0]?.findings ?? [], 'low').map(({ fingerprint }) => fingerprint)).toEqual([
      NEW.fingerprint,
    ]);
  });

  const counts = (now: Finding, before: Finding): boolean => {
    const { audits } = settleFindings([auditWith([now])], { baseline: [auditWith([before])], waivers: [] }, TODAY);
    return findingsThatCount(audits[0]?.findings ?? [], 'low').length > 0;
  };

  const holeAt = (...reach: readonly Partial<Reach>[]): Finding => ({
    ...OLD,
    ...namesOf(
      OLD.cause,
      reach.map((place) => ({ endpoint: '10.0.0.1:25', vantageClass: 'private', confidence: 'low', ...place })),
    ),
  });
  const [narrow, medium] = [holeAt({}), findingNamed('old', { severity: 'medium' })];

  test.for<readonly [string, Finding, Finding]>([
    ['from a wider class of clients', narrow, holeAt({ vantageClass: 'public' })],
    ['proven', narrow, holeAt({ confidence: 'high' })],
    ['more severe', medium, OLD],
    ['at another address, too', narrow, holeAt({}, { endpoint: '10.0.0.2:25' })],
    [
      'wider at one of two addresses',
      holeAt({}, { endpoint: '[::1]:25', vantageClass: 'public' }),
      holeAt({ vantageClass: 'public' }, { endpoint: '[::1]:25', vantageClass: 'public' }),
    ],
  ])('does not keep from counting what is now %s, and does it the other way round', ([, mild, worse]) => {
    expect(counts(worse, mild)).toBe(true);
    expect(counts(mild, worse)).toBe(false);
    expect(counts(mild, mild)).toBe(false);
  });

  test('from before there were classes of clients can be read, and matches nothing', () => {
    const { cause: _, reach: __, ...finding } = OLD;
    const baseline = [auditSchema.parse({ ...auditWith([]), findings: [finding] })];
    const { audits } = settleFindings([auditWith([OLD])], { baseline, waivers: [] }, TODAY);
    expect(audits.map((audit) => outcomeOf(audit, 'low').kind)).toEqual(['findings']);
  });

  test('may be of several targets', () => {
    const { audits } = settleFindings(
      [auditWith([OLD]), auditWith([NEW])],
      { baseline: [auditWith([NEW]), auditWith([OLD])], waivers: [] },
      TODAY,
    );

    expect(audits.map((audit) => outcomeOf(audit, 'low').kind)).toEqual(['clean', 'clean']);
  });

  test('that was made while a waiver held does not keep the finding away for ever', () => {
    const waivers = [waiverOf(OLD.fingerprint)];
    const before = settleFindings([auditWith([OLD])], { baseline: [], waivers }, TODAY).audits;
    const later = new Date('2027-01-01T00:00:00Z');

    const { audits, notices } = settleFindings([auditWith([OLD])], { baseline: before, waivers }, later);

    expect(audits.map((audit) => outcomeOf(audit, 'low').kind)).toEqual(['findings']);
    expect(notices.join()).toContain('the finding counts again');
  });

  test('of the same audit leaves nothing that counts, and one of other findings leaves all', () => {
    const names = fc.uniqueArray(fc.string({ maxLength: 8 }), { maxLength: 8 });
    fc.assert(
      fc.property(names, names, (now, before) => {
        const audit = auditWith(now.map((name) => findingNamed(name)));
        const baseline = auditWith(before.map((name) => findingNamed(name)));
        const settled = settleFindings([audit], { baseline: [baseline], waivers: [] }, TODAY).audits;
        const left = findingsThatCount(settled[0]?.findings ?? [], 'low').length;

        expect(left).toBe(now.filter((name) => !before.includes(name)).length);
      }),
      { seed: 5 },
    );
  });
});

describe('a waiver', () => {
  test('holds through the last second of its day and not a second longer', () => {
    const exemptions = { baseline: [], waivers: [waiverOf(OLD.fingerprint, { expiry: '2026-11-24' })] };
    const on = (time: string): string =>
      outcomeOf(settleFindings([auditWith([OLD])], exemptions, new Date(time)).audits[0] ?? auditWith([]), 'low').kind;

    expect(on('2026-11-24T23:59:59.999Z')).toBe('clean');
    expect(on('2026-11-25T00:00:00.000Z')).toBe('findings');
  });

  test('says who answers for the finding, in the audit object itself', () => {
    const { audits } = settleFindings(
      [auditWith([OLD])],
      { baseline: [], waivers: [waiverOf(OLD.fingerprint.slice(0, 12))] },
      TODAY,
    );

    expect(audits[0]?.findings[0]?.standing).toEqual({
      kind: 'waived',
      reason: 'the printer cannot log in',
      who: 'Ann Admin',
      expiry: '2026-12-31',
    });
    expect(auditSchema.parse(JSON.parse(JSON.stringify(audits[0])))).toEqual(audits[0]);
  });

  test('that is over is told, and its finding counts', () => {
    const waivers = [waiverOf(OLD.fingerprint, { expiry: '2026-11-01' })];
    const { audits, notices } = settleFindings([auditWith([OLD])], { baseline: [], waivers }, TODAY);

    expect(audits[0]?.findings[0]?.standing).toBeUndefined();
    expect(notices).toEqual([
      `the waiver of ${OLD.fingerprint.slice(0, 16)} by Ann Admin (the printer cannot log in) ended on 2026-11-01: the finding counts again`,
    ]);
  });

  test('that fits nothing is told, over or not', () => {
    const waivers = [waiverOf('0'.repeat(12)), waiverOf('1'.repeat(12), { expiry: '2020-01-01' })];
    const { notices } = settleFindings([auditWith([OLD])], { baseline: [], waivers }, TODAY);

    expect(notices.map((notice) => notice.slice(0, 27))).toEqual([
      'the waiver of 000000000000 ',
      'the waiver of 111111111111 ',
    ]);
    expect(notices.every((notice) => notice.endsWith('fits no finding: take it out'))).toBe(true);
  });

  test('needs only one of the audits to have its finding', () => {
    const { notices } = settleFindings(
      [auditWith([]), auditWith([OLD])],
      { baseline: [], waivers: [waiverOf(OLD.fingerprint)] },
      TODAY,
    );
    expect(notices).toEqual([]);
  });
});
