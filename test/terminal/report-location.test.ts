import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from 'sarif';
import { expect, test } from 'vitest';
import { reportLocation } from '../../src/terminal/report-location.ts';
import { OPEN } from '../report/sample-audits.ts';
import { folderFor, runProgram } from '../support/program.ts';

test('findings stand at the policy, by its path from the working directory', () => {
  expect(reportLocation('mail/policy.yaml', '/srv')).toEqual({ file: 'mail/policy.yaml', line: 1 });
  expect(reportLocation('/srv/mail/policy.yaml', '/srv')).toEqual({ file: 'mail/policy.yaml', line: 1 });
});

test('a policy outside of the repository is no place in it', () => {
  const folder = folderFor();
  for (const policy of ['../policy.yaml', '/etc/policy.yaml']) expect(reportLocation(policy, folder)).toBeUndefined();
});

test('without a policy they stand at the configuration, and without that at the README', () => {
  const folder = folderFor();
  writeFileSync(join(folder, 'README.md'), '# Mail\n');
  expect(reportLocation(undefined, folder)).toEqual({ file: 'README.md', line: 1 });
  writeFileSync(join(folder, 'relayproof.yaml'), 'targets: []\n');
  expect(reportLocation(undefined, folder)).toEqual({ file: 'relayproof.yaml', line: 1 });
});

test('the program draws a saved audit with the place of the folder that it runs in', async () => {
  const folder = folderFor();
  mkdirSync(join(folder, 'audits'));
  writeFileSync(join(folder, 'audits/mail.json'), JSON.stringify(OPEN));
  writeFileSync(join(folder, 'README.md'), '# Mail\n');
  const { stdout, code } = await runProgram(['report', 'audits/mail.json', '--format', 'sarif'], { cwd: folder });
  expect(code).toBe(0);
  const log: Log = JSON.parse(stdout);
  const files = log.runs[0]?.results?.map(({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.uri);
  expect(files).toEqual(['README.md', 'README.md']);
});
