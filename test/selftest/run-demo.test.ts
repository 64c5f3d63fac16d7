import { expect, test } from 'vitest';
import { auditSchema } from '../../src/judge/audit-schema.ts';
import { runProgram } from '../support/program.ts';

const TIMEOUT_MS = 120_000;

test(
  'the demo shows a sound guard that is clean, and of the other one exactly its defect',
  async () => {
    const { code, stdout } = await runProgram(['demo', '--json']);
    const audits = auditSchema.array().parse(JSON.parse(stdout));
    const kinds = audits.map(({ findings }) => [...new Set(findings.map(({ id }) => id))]);
    expect(kinds).toEqual([[], ['spoofed-domain-send']]);
    expect(audits[0]?.results.some(({ verdict }) => verdict === 'relayed')).toBe(true);
    expect(code).toBe(0);
  },
  TIMEOUT_MS,
);
