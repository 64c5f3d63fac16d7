import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { SourceLocation } from '../report/reading.ts';

/** Files that stand for the audit in a repository, where no policy was given: configuration first. */
const STAND_INS = ['relayproof.yaml', 'README.md'];

/**
 * The file at which reports for code review show what was found: the policy, else the configuration, else the README;
 * relative to the working directory, which is taken for the root of the repository. Undefined where there is none of them.
 */
export function reportLocation(policyFile: string | undefined, folder: string): SourceLocation | undefined {
  const policy = policyFile === undefined ? null : relative(folder, resolve(folder, policyFile));
  if (policy !== null && !isAbsolute(policy) && policy.split(sep)[0] !== '..')
    return { file: policy.split(sep).join('/'), line: 1 };
  const file = STAND_INS.find((name) => existsSync(resolve(folder, name)));
  return file === undefined ? undefined : { file, line: 1 };
}
