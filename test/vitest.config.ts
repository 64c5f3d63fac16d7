import { defineConfig } from 'vitest/config';
import { leftOutReporter } from './real/left-out-reporter.ts';
import { WIRE_RECORD } from './support/wire/record-wire.ts';
import { wireRecordFile, wireReporter } from './support/wire/reporter.ts';

/** Where a machine reads how many tests passed; `.ci/run` asks for it. */
const summary = process.env['RELAYPROOF_TEST_SUMMARY'];

const wireRecord = wireRecordFile();

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    globalSetup: ['test/build.ts'],
    setupFiles: ['test/support/wire/setup.ts'],
    env: { [WIRE_RECORD]: wireRecord },
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // Many tests wait for servers most of the time.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', leftOutReporter(), wireReporter(wireRecord), ...(summary === undefined ? [] : ['json'])],
    ...(summary === undefined ? {} : { outputFile: { json: summary } }),
  },
});
