import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderFor, runProgram } from '../support/program.ts';
import { openAnswer, startScriptServer } from '../support/script-server.ts';

const ASKING = ['--own-domain', 'example.com', '--own-user', 'alice@example.com', '--wait', '0'];
const MESSAGE = 'MAIL FROM:<>\r\nRCPT TO:<v@zzvictim.org>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nNOOP';

function familyOf(scenarios: readonly Readonly<Record<string, string>>[]): string {
  const fields = {
    title: 'a test',
    why: 'a test',
    source: 'a test',
    mail: '<{sender}>',
    rcpt: '<{outside}>',
    declares: { flow: 'relay', form: 'plain' },
    default: { listed: 'refuse', unlisted: 'refuse' },
    safe: 'refuse',
    severity: 'critical',
  };
  return JSON.stringify({
    family: 'planted',
    title: 'Planted',
    finds: 'third-party-relay',
    about: 'a test',
    scenarios: scenarios.map((scenario) => ({ ...fields, ...scenario })),
  });
}

test('a scenario that greets with a whole message to a stranger is left out, and no other session is lost', async (context) => {
  const server = await startScriptServer(openAnswer);
  context.onTestFinished(() => server.stop());
  const scenarios = join(folderFor(context), 'scenarios');
  mkdirSync(scenarios);
  const planted = [{ id: 'plain' }, { id: 'greets', helo: `client.test\r\n${MESSAGE}` }];
  writeFileSync(join(scenarios, 'planted.yaml'), familyOf(planted));
  const args = ['audit', `127.0.0.1:${server.port}`, ...ASKING, '--scenarios', scenarios, '--json'];
  const { code, stdout, stderr } = await runProgram(args);
  expect(server.bytes().join('')).not.toContain('zzvictim');
  expect(stderr).not.toContain('    at ');
  expect(code).not.toBe(70);
  const results: readonly { readonly scenario: string; readonly verdict: string; readonly reason: string }[] =
    JSON.parse(stdout).audits?.[0]?.results ?? JSON.parse(stdout).results;
  expect(results.map(({ scenario, verdict }) => `${scenario} ${verdict}`)).toEqual([
    'plain accepted',
    'greets skipped',
  ]);
  expect(results[1]?.reason).toContain('names zzvictim.org, which is outside the scope');
}, 60_000);

test('names that somebody wrote into a saved run are not sent when it is resumed', async (context) => {
  const server = await startScriptServer(openAnswer);
  context.onTestFinished(() => server.stop());
  const runs = join(folderFor(context), 'runs');
  const args = ['audit', `127.0.0.1:${server.port}`, ...ASKING, '--scenario', 'third-party', '--scenario', 'control'];
  await runProgram([...args, '--save', runs]);
  for (const file of readdirSync(runs)) {
    const record = JSON.parse(readFileSync(join(runs, file), 'utf8'));
    record.transcripts = [];
    record.names = { ...record.names, helo: `client.test\r\n${MESSAGE}`, sender: 'v@zzvictim.org' };
    writeFileSync(join(runs, file), JSON.stringify(record));
  }
  const { code, stderr } = await runProgram([...args, '--resume', runs]);
  expect(server.bytes().join('')).not.toContain('zzvictim');
  expect(stderr).not.toContain('    at ');
  expect(code).not.toBe(70);
}, 60_000);
