import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from 'sarif';

const JUNIT_SCHEMA = fileURLToPath(new URL('junit.xsd', import.meta.url));

/** Bytes of output: a page with hundreds of audits is large. */
const MOST_OUTPUT = 256 * 1024 * 1024;

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'relayproof-report-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program: string, args: readonly string[]): { readonly out: string; readonly error: string } {
  const { stdout, stderr, status, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: MOST_OUTPUT });
  if (error !== undefined) throw error;
  return { out: stdout, error: status === 0 ? '' : `${program} ended with ${status}: ${stderr}` };
}

/** What xmllint has against the text, by the schema of the common dialect; empty where nothing. */
export function junitFaults(xml: string): string {
  return inFolder((folder) => {
    const file = join(folder, 'report.xml');
    writeFileSync(file, xml);
    return run('xmllint', ['--huge', '--noout', '--schema', JUNIT_SCHEMA, file]).error;
  });
}

/** What jq has against the text, which may be several JSON values; empty where nothing. */
export function jsonFaults(json: string): string {
  return inFolder((folder) => {
    const file = join(folder, 'report.json');
    writeFileSync(file, json);
    return run('jq', ['empty', file]).error;
  });
}

/** Errors and warnings of Microsoft's checker about any of the texts, with its rules for GitHub; `RULE: message` each. */
export function sarifFaults(texts: readonly string[]): readonly string[] {
  const multitool: string = createRequire(import.meta.url)('@microsoft/sarif-multitool');
  return inFolder((folder) => {
    const judged = join(folder, 'judged.sarif');
    const files = texts.map((text, index) => {
      const file = join(folder, `report-${index}.sarif`);
      writeFileSync(file, text);
      return file;
    });
    const { error } = run(multitool, [
      'validate',
      ...files,
      '--rule-kind',
      'Sarif;Ghas',
      '--level',
      'Error;Warning',
      '-o',
      judged,
      '--log',
      'ForceOverwrite',
    ]);
    if (error !== '') return [error];
    const log: Log = JSON.parse(readFileSync(judged, 'utf8'));
    return log.runs.flatMap((one) =>
      (one.results ?? []).map(({ ruleId, message }) => `${ruleId}: ${message.arguments?.join(' ') ?? message.text}`),
    );
  });
}

/** A page as a browser has it. */
export interface Seen {
  /** Each element with the names of its attributes, in the order of the document. */
  readonly elements: readonly string[];
  /** Whether something is wider than the window. */
  readonly tooWide: boolean;
  /** Background of the answer: not transparent where the style sheet was allowed. */
  readonly answerColor: string;
  readonly pageColor: string;
}

/** Pages in a browser, and what it complained about: things that a page may not do, by its own policy. */
export interface Browsed {
  readonly pages: readonly Seen[];
  readonly complaints: readonly string[];
}

export interface Window {
  readonly page: string;
  readonly width: number;
}

/** Opens pages, each in a frame of its width, in one headless Chromium. Nothing of them is sent or loaded. */
export function browse(windows: readonly Window[], look: 'light' | 'dark' = 'light'): Browsed {
  return inFolder((folder) => {
    const file = join(folder, 'frames.html');
    writeFileSync(file, frames(windows));
    const { stdout, stderr, error } = spawnSync(
      'chromium',
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--hide-scrollbars',
        '--enable-logging=stderr',
        `--user-data-dir=${join(folder, 'profile')}`,
        `--blink-settings=preferredColorScheme=${look === 'dark' ? 0 : 1}`,
        '--dump-dom',
        `file://${file}`,
      ],
      { encoding: 'utf8', maxBuffer: MOST_OUTPUT },
    );
    if (error !== undefined) throw error;
    const seen = /<pre id="seen">([^<]*)<\/pre>/.exec(stdout)?.[1];
    if (seen === undefined) throw new Error(`the browser showed nothing: ${stderr}`);
    const pages: readonly Seen[] = JSON.parse(Buffer.from(seen, 'base64').toString());
    return { pages, complaints: stderr.split('\n').filter((line) => line.includes('CONSOLE')) };
  });
}

/** The pages stand in frames of the same origin, so that this one can look at what became of them. */
function frames(windows: readonly Window[]): string {
  const all = windows.map(({ page, width }) => {
    const source = page.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    return `<iframe width="${width}" height="800" frameborder="0" srcdoc="${source}"></iframe>`;
  });
  return `<!doctype html><meta charset="utf-8"><body>${all.join('')}<script>
onload = () => {
  const seen = [...document.querySelectorAll('iframe')].map((frame) => {
    const page = frame.contentDocument;
    const answer = page.querySelector('.answer');
    return {
      elements: [...page.querySelectorAll('*')].map((one) => [one.localName, ...one.getAttributeNames()].join(' ')),
      tooWide: page.documentElement.scrollWidth > Number(frame.width),
      answerColor: answer === null ? '' : frame.contentWindow.getComputedStyle(answer).backgroundColor,
      pageColor: frame.contentWindow.getComputedStyle(page.body).backgroundColor,
    };
  });
  document.body.replaceChildren();
  const out = document.createElement('pre');
  out.id = 'seen';
  out.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(seen))));
  document.body.append(out);
};
</script>`;
}
