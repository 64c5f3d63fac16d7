import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { calibrate, calibrationFaults, type Calibration } from '../../src/selftest/calibration.ts';
import { calibrationMarkdown } from '../../src/selftest/calibration-text.ts';
import { realSurroundings } from '../../src/audit/surroundings.ts';
import { DEFECT_NAMES } from '../../src/guard/defects.ts';
import { catalogueFrom } from '../../src/config/inputs.ts';

const TABLE = fileURLToPath(new URL('../../reports/calibration.md', import.meta.url));
const RENEWED_BY = 'UPDATE=1 npx vitest run --config test/vitest.config.ts test/calibration';
const MOST_MS = 480_000;

describe('the calibration of the shipped scenarios', () => {
  let calibration: Calibration;
  beforeAll(async () => {
    calibration = await calibrate({
      catalogue: catalogueFrom(undefined),
      only: null,
      connections: 15,
      surroundings: realSurroundings,
      signal: new AbortController().signal,
      onAudited: () => undefined,
    });
  }, MOST_MS);

  test('knows at least 25 defects', () => {
    expect(DEFECT_NAMES.length).toBeGreaterThanOrEqual(25);
    expect(calibration.defects.map(({ defect }) => defect)).toEqual(DEFECT_NAMES);
  });

  test('every defect is caught', () => {
    expect(calibration.defects.filter(({ caughtBy }) => caughtBy.length === 0)).toEqual([]);
  });

  test('no sound guard is accused of anything, and every question gets its answer', () => {
    expect(calibration.benches.flatMap(({ falseAlarms }) => falseAlarms)).toEqual([]);
    expect(calibration.benches.every(({ sessions }) => sessions > 0)).toBe(true);
  });

  test('every scenario catches a defect or states why it catches none', () => {
    expect(calibrationFaults(calibration)).toEqual([]);
  });

  test(`the table in reports is current: \`${RENEWED_BY}\` renews it`, () => {
    const table = calibrationMarkdown(calibration);
    if (process.env['UPDATE'] === '1') writeFileSync(TABLE, table);
    expect(readFileSync(TABLE, 'utf8')).toBe(table);
  });
});
