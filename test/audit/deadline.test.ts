import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runAuditCommand, type AuditCommandOptions } from '../../src/audit/audit-hosts.ts';
import { parseConfig } from '../../src/config/config-file.ts';
import { optionFault } from '../../src/config/option-fault.ts';
import { timeLimit } from '../../src/config/option-values.ts';
import { loadRuns } from '../../src/audit/saved-run.ts';
import { auditSchema } from '../../src/judge/audit-schema.ts';
import { mergeAudits } from '../../src/judge/merge-audits.ts';
import { DEFAULT_DEADLINES } from '../../src/probe/deadlines.ts';
import { doubts, outcomeOf } from '../../src/judge/outcome.ts';
import { auditWith } from '../support/audits.ts';
import { folderFor, runProgram } from '../support/program.ts';
import { quietTerminal } from '../support/quiet-terminal.ts';
import { openAnswer, soundAnswer, startScriptServer, type Answer } from '../support/script-server.ts';

/** Answers the first sessions, and then nobody any more. */
const hangs =
  (answer: Answer): Answer =>
  (line, session) =>
    session.number > 12 && line.startsWith('MAIL') ? null : answer(line, session);

describe('an audit that reaches its time limit', { timeout: 90_000 }, () => {
  const OPTIONS: AuditCommandOptions = {
    format: 'json',
    output: [],
    failOn: 'medium',
    ownDomain: ['example.com'],
    ownUser: ['alice@example.com'],
    vantage: [],
    wait: 0,
    scenario: [],
    pace: 'normal',
    confirm: [],
    patience: 0,
    deadlines: DEFAULT_DEADLINES,
  };

  test.each([
    ['ends with 3 where nothing was found', soundAnswer, 2, 3],
    ['ends with 1 where something was', openAnswer, 5, 1],
  ] as const)('writes its report and its transcripts, and %s', async (_, answer, deadline, code) => {
    const server = await startScriptServer(hangs(answer));
    const folder = folderFor();
    const said: string[] = [];
    const options = { ...OPTIONS, save: folder, deadline };
    const ended = await runAuditCommand(
      [`127.0.0.1:${server.port}`],
      options,
      quietTerminal((line) => said.push(line)),
    );
    await server.stop();
    const audit = auditSchema.parse(JSON.parse(said.find((text) => text.startsWith('{')) ?? ''));
    expect(audit.timeLimit?.seconds).toBe(deadline);
    expect(audit.timeLimit?.unasked).toBeGreaterThan(10);
    expect(doubts(audit)[0]).toBe(
      `the time limit of ${deadline} s was reached, ${audit.timeLimit?.unasked ?? 0} questions not asked`,
    );
    expect(ended).toBe(code);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(loadRuns(folder).runs[0]?.timeLimit).toEqual(audit.timeLimit);
  });

  test('is asked for by an option of the program, which ends by itself', async () => {
    const server = await startScriptServer((line, session) => (session.number > 2 ? null : soundAnswer(line, session)));
    const { code, stdout } = await runProgram([
      'audit',
      `127.0.0.1:${server.port}`,
      '--own-domain',
      'example.com',
      '--deadline',
      '2',
      '--prove',
      '--catch',
      '127.0.0.1:0',
    ]);
    await server.stop();
    expect(stdout).toContain('the time limit of 2 s was reached');
    expect(code).toBe(3);
  });

  test('is asked for in relayproof.yaml', async () => {
    const server = await startScriptServer(hangs(soundAnswer));
    const folder = folderFor();
    writeFileSync(
      join(folder, 'relayproof.yaml'),
      `targets: ['127.0.0.1:${server.port}']\nownDomains: [example.com]\ndeadline: 2\n`,
    );
    const { code, stdout } = await runProgram(['gate', '--json'], { cwd: folder });
    await server.stop();
    expect(JSON.stringify(JSON.parse(stdout))).toContain('the time limit of 2 s was reached');
    expect(code).toBe(3);
  });
});

test('an audit that came to no end in its time is no clean one, also as one of several endpoints', () => {
  const over = auditWith([], { interrupted: true, timeLimit: { seconds: 90, unasked: 7 } });
  const merged = mergeAudits([auditWith([]), over, over]);
  expect(merged.timeLimit).toEqual({ seconds: 90, unasked: 14 });
  expect(outcomeOf(merged, 'medium')).toEqual({
    kind: 'could-not-tell',
    reasons: ['the time limit of 90 s was reached, 14 questions not asked'],
  });
});

test.each(['0', '-1', 'soon', '1e9', ''])('a time limit is not `%s`', (text) => {
  expect(optionFault(timeLimit, text)).toContain('a number of seconds');
  if (text !== '' && text !== 'soon')
    expect(parseConfig(`ownDomains: [a.test]\ndeadline: ${text}\n`, 'f').kind).toBe('invalid');
});
