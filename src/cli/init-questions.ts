import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { InitAnswers } from '../config/start-config.ts';
import { optionFault } from '../config/option-fault.ts';
import { authorization, domains, mailbox } from '../config/option-values.ts';
import type { Terminal } from '../terminal/terminal.ts';

const DEEPEST = 4;
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', 'node_modules', 'dist']);

/** Server configurations below a folder, by the names that such files have. */
export function findServers(folder: string): InitAnswers['servers'] {
  const found: InitAnswers['servers'][number][] = [];
  const walk = (here: string, depth: number): void => {
    for (const entry of readdirSync(here, { withFileTypes: true })) {
      const path = join(here, entry.name);
      if (entry.isDirectory() && depth < DEEPEST && !PASSED_OVER.has(entry.name)) walk(path, depth + 1);
      if (!entry.isFile()) continue;
      if (entry.name === 'main.cf') found.push({ recipe: 'postfix', path: relative(folder, here) || '.' });
      if (/^exim4?\.conf$/.test(entry.name)) found.push({ recipe: 'exim', path: relative(folder, path) });
    }
  };
  walk(folder, 1);
  return found;
}

/** Asks what the options have not said; an empty line takes what stands in brackets. Rejects with AbortError on Ctrl-C. */
export async function askForAnswers(given: InitAnswers, { signal }: Terminal): Promise<InitAnswers> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new AbortController();
  prompt.on('SIGINT', () => interrupted.abort());
  const aborting = AbortSignal.any([signal, interrupted.signal]);
  const ask = async (question: string, usual: string, faultOf: (text: string) => string | null): Promise<string> => {
    for (;;) {
      const typed = (
        await prompt.question(`${question}${usual === '' ? '' : ` [${usual}]`}: `, { signal: aborting })
      ).trim();
      const text = typed === '' ? usual : typed;
      const fault = text === '' ? null : faultOf(text);
      if (fault === null) return text;
      process.stderr.write(`${fault}\n`);
    }
  };
  const list = (text: string): readonly string[] => text.split(/[\s,]+/).filter((word) => word !== '');
  const all =
    (parse: (text: string) => unknown) =>
    (text: string): string | null =>
      list(text)
        .map((word) => optionFault(parse, word))
        .find((fault) => fault !== null) ?? null;
  try {
    const ownDomains = list(
      await ask(
        'Domains that the server receives mail for',
        given.ownDomains.join(', ') || 'example.com',
        all((word) => domains(word, [])),
      ),
    );
    const ownUsers = list(await ask('Mailboxes that exist there', given.ownUsers.join(', '), all(mailbox)));
    const outside = await ask('A mailbox of yours elsewhere', given.outside ?? '', (text) =>
      optionFault(mailbox, text),
    );
    const targets = list(await ask('Running servers to audit, HOST:PORT', given.targets.join(', '), () => null));
    const authorizedBy =
      targets.length === 0
        ? ''
        : await ask('Who answers for it, NAME <ADDRESS>', given.authorizedBy ?? '', (text) =>
            optionFault(authorization, text),
          );
    return {
      ...given,
      ownDomains,
      ownUsers,
      targets,
      outside: outside === '' ? null : outside,
      authorizedBy: authorizedBy === '' ? null : authorizedBy,
    };
  } finally {
    prompt.close();
  }
}
