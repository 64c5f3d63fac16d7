import { beforeAll, describe, expect, test } from 'vitest';
import { calibrate, type Calibration } from '../../src/selftest/calibration.ts';
import { selectScenarios } from '../../src/config/select-scenarios.ts';
import { realSurroundings } from '../../src/audit/surroundings.ts';
import type { DefectName } from '../../src/guard/defects.ts';
import { catalogueFrom } from '../../src/config/inputs.ts';

/** Holes that were first seen on servers of the field, and scenarios that tell each of them. */
const HOLES = {
  'own-author-trusted': ['spoof-own-user', 'spoof-header-only'],
  'trusts-own-sender': ['spoof-own-user', 'spoof-envelope-only'],
  'bare-loopback-greeting-trusted': ['helo-bare-loopback', 'helo-old-verb-bare-loopback'],
  'reverse-name-greeting-trusted': ['helo-own-reverse-name'],
  'equals-sign-followed': ['packed-equals-sign'],
  'at-word-followed': ['packed-at-underscores', 'packed-at-hyphens'],
  'underscore-followed': ['packed-underscore'],
  'double-hyphen-followed': ['packed-double-hyphen'],
  'hash-sign-followed': ['packed-hash-sign'],
  'batv-unchecked': ['batv-foreign', 'batv-foreign-at'],
  'top-level-relayed': ['third-party-same-top-level'],
  'proxy-line-taken-again': ['proxy-line-after-banner', 'proxy-line-late'],
  'xclient-after-login-attempt': ['xclient-after-failed-login'],
} as const satisfies Partial<Record<DefectName, readonly string[]>>;

const DEFECTS = Object.keys(HOLES).filter((name): name is keyof typeof HOLES => Object.hasOwn(HOLES, name));
const SCENARIOS = ['third-party', 'third-party-fresh-domain', 'xclient-loopback-send', ...Object.values(HOLES).flat()];

describe('a hole of the field, planted in a guard', () => {
  let calibration: Calibration;
  beforeAll(async () => {
    calibration = await calibrate({
      catalogue: selectScenarios(catalogueFrom(undefined), [...new Set(SCENARIOS)]),
      only: DEFECTS,
      connections: 10,
      surroundings: realSurroundings,
      signal: new AbortController().signal,
      onAudited: () => undefined,
    });
  }, 120_000);

  test('is in none of the sound guards', () => {
    expect(calibration.benches.flatMap(({ falseAlarms }) => falseAlarms)).toEqual([]);
  });

  test.each(DEFECTS)('%s is proven by a message that came out', (defect) => {
    const provenBy = calibration.defects.find((one) => one.defect === defect)?.provenBy;
    expect(provenBy).toEqual(expect.arrayContaining([...HOLES[defect]]));
  });

  test('of a login that failed before XCLIENT is seen by no session that only says XCLIENT', () => {
    const caughtBy = calibration.defects.find(({ defect }) => defect === 'xclient-after-login-attempt')?.caughtBy;
    expect(caughtBy).toEqual(['xclient-after-failed-login']);
  });

  test('of a relayed top-level domain is told as that, and by nothing that names the domain of the auditor', () => {
    const { caughtBy, findings } = calibration.defects.find(({ defect }) => defect === 'top-level-relayed') ?? {};
    expect({ caughtBy, findings }).toEqual({
      caughtBy: ['third-party-same-top-level'],
      findings: ['third-party-relay'],
    });
  });
});
