import { describe, expect, test } from 'vitest';
import { runPlanOf } from '../../src/audit/run-plan.ts';
import { FRESH_DESTINATION, SAME_TOP_LEVEL } from '../../src/judge/known-destination.ts';
import { asked, SESSIONS, transcriptOf } from '../support/transcripts.ts';
import { caughtOf, runRecordOf } from '../support/run-records.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { probeOf, scriptOf } from '../support/session-rig.ts';

const CATALOGUE = catalogueOf({}, { id: 'a-trick' }, { id: FRESH_DESTINATION }, { id: SAME_TOP_LEVEL });
const probes = ['a-trick', FRESH_DESTINATION, SAME_TOP_LEVEL, 'third-party', 'control-inbound'].map((scenario) =>
  probeOf({ id: scenario, script: { ...scriptOf(), scenario } }),
);
const planOf = (prove: boolean) =>
  runPlanOf(probes, { catalogue: CATALOGUE, prove, isGuard: false, previous: null }, 'greeted');
const idsOf = (some: readonly { readonly id: string }[]): readonly string[] => some.map(({ id }) => id);

describe('the plan of a run', () => {
  test('begins with controls, the plain question, and the same for a domain that no list holds', () => {
    const { first, rest } = planOf(false);
    expect(idsOf(first)).toEqual([FRESH_DESTINATION, SAME_TOP_LEVEL, 'third-party', 'control-inbound']);
    expect(idsOf(rest)).toEqual(['a-trick']);
  });

  test('leaves out the tricks where the plain question was accepted, unless messages can show more', () => {
    const accepted = transcriptOf({ id: 'third-party', asked: [asked('rcpt', 250, 'ok')] });
    const refused = transcriptOf({ id: 'third-party', asked: [asked('rcpt', 550, 'no')] });
    const [trick] = planOf(false).rest;
    if (trick === undefined) throw new Error('there is no trick');
    expect(planOf(false).isPointless(trick, [accepted])).toBe(true);
    expect(planOf(false).isPointless(trick, [refused])).toBe(false);
    expect(planOf(true).isPointless(trick, [accepted])).toBe(false);
  });

  test('asks again what an earlier run sent to the outside and never saw: nobody watched in between', () => {
    const [seen, unseen] = [`rp1-${'a'.repeat(32)}`, `rp1-${'b'.repeat(32)}`];
    const previous = runRecordOf({
      transcripts: [
        transcriptOf({ id: 'third-party', ...SESSIONS.sent(unseen) }),
        transcriptOf({ id: 'a-trick', scenario: 'a-trick', ...SESSIONS.sent(seen) }),
        transcriptOf({ id: 'control-inbound', scenario: 'control-inbound', ...SESSIONS.sent(unseen) }),
      ],
      caught: [caughtOf(seen)],
    });
    const { known } = runPlanOf(probes, { catalogue: CATALOGUE, prove: true, isGuard: false, previous }, 'greeted');
    expect(idsOf(known)).toEqual(['a-trick', 'control-inbound']);
  });

  test('asks one question where nobody answers, and those with a PROXY header where a connection is taken in silence', () => {
    const header = (id: string, text: string) =>
      probeOf({
        id,
        script: {
          ...scriptOf(),
          scenario: id,
          begins: 'connected',
          steps: [{ send: [{ kind: 'raw', text }], replies: [] }],
        },
      });
    const claims = ['v1', 'unknown', 'local', 'late'].map((id) =>
      header(id, 'PROXY TCP4 127.0.0.1 127.0.0.1 1 25\\r\\n'),
    );
    const all = [...probes, header('early-talker', 'EHLO a\\r\\n'), ...claims];
    const firstOf = (contact: 'silent' | 'none') =>
      idsOf(runPlanOf(all, { catalogue: CATALOGUE, prove: false, isGuard: false, previous: null }, contact).first);
    expect(firstOf('none')).toEqual(['a-trick']);
    expect(firstOf('silent')).toEqual(['v1', 'unknown', 'local']);
  });
});
