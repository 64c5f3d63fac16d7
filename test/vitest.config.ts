import { defineConfig } from 'vitest/config';
import { leftOutReporter } from './real/left-out-reporter.ts';

/** Where a machine reads how many tests passed; `.ci/run` asks for it. */
const summary = process.env['RELAYPROOF_TEST_SUMMARY'];

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    globalSetup: ['test/build.ts'],
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // Many tests wait for servers most of the time.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', leftOutReporter(), ...(summary === undefined ? [] : ['json'])],
    ...(summary === undefined ? {} : { outputFile: { json: summary } }),
  },
});
