import { describe, expect, test } from 'vitest';
import { runPlanOf } from '../../src/cli/run-plan.ts';
import { FRESH_DESTINATION } from '../../src/judge/known-destination.ts';
import { asked, transcriptOf } from '../support/transcripts.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { probeOf, scriptOf } from '../support/session-rig.ts';

const CATALOGUE = catalogueOf({}, { id: 'a-trick' }, { id: FRESH_DESTINATION });
const probes = ['a-trick', FRESH_DESTINATION, 'third-party', 'control-inbound'].map((scenario) =>
  probeOf({ id: scenario, script: { ...scriptOf(), scenario } }),
);
const planOf = (prove: boolean) =>
  runPlanOf(probes, { catalogue: CATALOGUE, prove, isGuard: false, previous: null }, 'greeted');
const idsOf = (some: readonly { readonly id: string }[]): readonly string[] => some.map(({ id }) => id);

describe('the plan of a run', () => {
  test('begins with controls, the plain question, and the same for a domain that no list holds', () => {
    const { first, rest } = planOf(false);
    expect(idsOf(first)).toEqual([FRESH_DESTINATION, 'third-party', 'control-inbound']);
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
