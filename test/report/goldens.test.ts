import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FORMATS, renderAll, type Format } from '../../src/report/formats.ts';
import type { Audit } from '../../src/judge/audit.ts';
import { CLEAN, OPEN, READING, SAMPLES } from './sample-audits.ts';

const SUFFIX: Readonly<Record<Format, string>> = {
  text: 'txt',
  json: 'json',
  ndjson: 'ndjson',
  junit: 'xml',
  sarif: 'sarif',
  html: 'html',
  markdown: 'md',
  github: 'github',
};

const AUDITS: Readonly<Record<string, readonly Audit[]>> = {
  ...Object.fromEntries(Object.entries(SAMPLES).map(([name, audit]) => [name, [audit]])),
  several: [OPEN, { ...CLEAN, target: { ...CLEAN.target, host: 'mx2.example.com' } }],
  none: [],
};

const RENEW = process.env['UPDATE'] === '1';

describe('reports are what they were (renew: UPDATE=1 npx vitest run --config test/vitest.config.ts test/report)', () => {
  test.for(Object.keys(AUDITS).flatMap((name) => FORMATS.map((format) => [name, format] as const)))(
    'of %s as %s',
    ([name, format]) => {
      const file = fileURLToPath(new URL(`goldens/${name}.${SUFFIX[format]}`, import.meta.url));
      const text = renderAll(format, AUDITS[name] ?? [], READING);
      if (RENEW) writeFileSync(file, text);
      expect(text).toBe(readFileSync(file, 'utf8'));
    },
  );
});
