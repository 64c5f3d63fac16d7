import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from '@commander-js/extra-typings';
import { describe, expect, test, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { codeOfError } from '../../src/cli/run.ts';
import { processTerminal } from '../../src/terminal/terminal.ts';
import { auditWith, findingNamed } from '../support/audits.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';
import { folderFor } from '../support/program.ts';

/** What no command may write where people look: controls but line ends and tabs, and what turns the direction of text. */
const STEERING = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

/** All that a command writes to stdout and stderr. */
async function written(args: readonly string[]): Promise<string> {
  const chunks: string[] = [];
  const take = (chunk: unknown): boolean => {
    chunks.push(String(chunk));
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(take));
  try {
    const terminal = { ...processTerminal(AbortSignal.abort()), inIsTty: false };
    try {
      await createProgram(terminal, () => undefined).parseAsync(['node', 'relayproof', ...args]);
    } catch (error) {
      if (!(error instanceof CommanderError)) codeOfError(error, terminal.say);
    }
    return chunks.join('');
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const OWN = ['--own-domain', 'example.com'];
/** All of them, some in each text. */
const TEXTS = Array.from({ length: 2 }, (_, part) => HOSTILE_TEXTS.filter((__, index) => index % 2 === part).join(' '));
/** Those that the name of a file may hold. */
const NAMES = Array.from({ length: 8 }, (_, part) =>
  HOSTILE_TEXTS.filter((text, index) => index % 8 === part && !/[\0/]/.test(text) && text.isWellFormed()).join(' '),
);

describe('a text that steers terminals never reaches one', () => {
  test.each<readonly [string, (text: string) => readonly string[]]>([
    ['a host', (text) => ['audit', `x@${text}`, ...OWN]],
    ['an own domain', (text) => ['audit', '127.0.0.1', '--own-domain', `${text}@`]],
    ['a file of a policy', (text) => ['audit', '127.0.0.1', '--policy', `nowhere/${text}`]],
    ['a folder of scenarios', (text) => ['audit', '127.0.0.1', ...OWN, '--scenarios', `nowhere/${text}`]],
    ['a pattern of scenarios', (text) => ['audit', '127.0.0.1', ...OWN, '--scenario', `no-such ${text}`]],
    ['an output', (text) => ['audit', '127.0.0.1', ...OWN, '--output', `/dev/null/${text}`]],
    ['a format', (text) => ['audit', '127.0.0.1', ...OWN, '--format', text]],
    ['a vantage', (text) => ['audit', '127.0.0.1', ...OWN, '--vantage', `proxy=${text}`]],
    ['an option', (text) => ['audit', `--${text}`]],
    ['a command', (text) => [`x${text}`]],
    ['a folder of runs', (text) => ['judge', `nowhere/${text}`]],
    ['a file of an audit', (text) => ['report', `nowhere/${text}`]],
    ['a kind of finding', (text) => ['explain', `x${text}`]],
    ['a scenario', (text) => ['scenarios', 'show', `x${text}`]],
    ['a configuration', (text) => ['gate', '--config', `nowhere/${text}`]],
    ['an address to listen on', (text) => ['catch', '--listen', `x${text}`]],
    ['a policy to check', (text) => ['policy', 'check', `nowhere/${text}`]],
  ])('as %s', async (_, args) => {
    for (const text of TEXTS) {
      const all = await written(args(text));
      expect(all.length).toBeGreaterThan(0);
      expect(all).not.toMatch(STEERING);
    }
  });

  test('as a line of its own in what is said about a file', async () => {
    const all = await written(['judge', 'nowhere/x\nrelayproof: CLOSED']);
    expect(all.trimEnd().split('\n')).toEqual([expect.stringContaining('nowhere/x\\x0arelayproof: CLOSED')]);
  });

  test('as a key or a value in a file', async (context) => {
    const folder = folderFor(context);
    const file = join(folder, 'file');
    for (const text of TEXTS) {
      for (const content of [
        JSON.stringify({ [text]: text }),
        `${JSON.stringify(text)}: 1\n`,
        `policy: ${text}\n`,
        text,
        JSON.stringify({ targets: [text], ownDomains: [text], waivers: [{ fingerprint: text, who: text }] }),
      ]) {
        writeFileSync(file, content);
        for (const args of [['policy', 'check'], ['judge'], ['report'], ['gate', '--config']])
          expect(await written([...args, file])).not.toMatch(STEERING);
      }
    }
  });

  test('as the name of a file in a folder, or in a scenario of it', async (context) => {
    for (const [index, text] of NAMES.entries()) {
      const folder = join(folderFor(context), String(index));
      mkdirSync(folder);
      writeFileSync(join(folder, `${text.slice(0, 100)}.yaml`), `family: ${JSON.stringify(text)}\n`);
      writeFileSync(join(folder, `${text.slice(0, 100)}.run.json`), '{}');
      for (const args of [
        ['scenarios', 'check'],
        ['judge', '--scenarios', folder],
      ])
        expect(await written([...args, folder])).not.toMatch(STEERING);
    }
  });

  test('in a saved audit, in text and as JSON that means the same', async (context) => {
    const file = join(folderFor(context), 'audit.json');
    for (const text of TEXTS) {
      const audit = auditWith([findingNamed('x', { title: text, remedy: text })], { authorizedBy: text });
      writeFileSync(file, JSON.stringify(audit));
      expect(await written(['report', file])).not.toMatch(STEERING);
      const json = await written(['report', file, '--format', 'json']);
      expect(json).not.toMatch(STEERING);
      expect(JSON.parse(json)).toMatchObject({ authorizedBy: text.toWellFormed() });
    }
  });
});

test('the colours of a report reach a terminal, and no other sequence with them', () => {
  const chunks: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => chunks.push(String(chunk)) > 0);
  const terminal = processTerminal(new AbortController().signal, { color: true });
  terminal.out('\u001b[31mred\u001b[39m \u001b[1mbold\u001b[22m \u001b[8mhidden\u001b[2J');
  spy.mockRestore();
  expect(chunks.join('')).toBe('\u001b[31mred\u001b[39m \u001b[1mbold\u001b[22m \\u001b[8mhidden\\u001b[2J');
});
