import type { Reporter, TestModule } from 'vitest/node';

/** Begins the reason in the name of a suite that is left out; tests that a filter leaves out do not carry it. */
export const LEFT_OUT_MARK = '(left out: ';

/** Says at the end of a run, on stderr, which tests did not run: a green run must not hide them. */
export function leftOutReporter(): Reporter {
  return {
    onTestRunEnd: (modules: readonly TestModule[]) => {
      const leftOut = modules.flatMap((module) =>
        [...module.children.allTests('skipped')].map((test) => test.fullName),
      );
      const lacking = leftOut.filter((name) => name.includes(LEFT_OUT_MARK)).length;
      for (const name of leftOut) {
        process.stderr.write(`LEFT OUT: ${name}\n`);
      }
      if (leftOut.length > 0) {
        process.stderr.write(
          `LEFT OUT: ${leftOut.length} test(s), ${lacking} of which lack what \`.ci/install-servers\` and \`.ci/install-report-tools\` as root bring\n`,
        );
      }
    },
  };
}
