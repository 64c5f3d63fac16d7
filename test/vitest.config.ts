import { defineConfig } from 'vitest/config';
import { leftOutReporter } from './real/left-out-reporter.ts';

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', leftOutReporter()],
  },
});
