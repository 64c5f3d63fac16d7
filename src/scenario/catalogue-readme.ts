import { CATALOGUE_ROWS, LEFT_OUT, PARTLY_LEFT_OUT } from './catalogue-rows.ts';
import { NAME_FILTERS } from './name-filter.ts';
import { PLACEHOLDERS } from './placeholder.ts';
import { allScenarios, type Catalogue, type Family, type SafeAnswer, type Scenario } from './scenario.ts';

const SAFE_WORDS: Readonly<Record<SafeAnswer, string>> = {
  refuse: 'refuse',
  accept: 'accept',
  'local-only': 'refuse, or keep it inside',
  policy: 'as the policy says',
};

const HOW_TO_WRITE = `## How to write a scenario

A family is a YAML file called like it; \`relayproof scenarios check FOLDER\` tells every error with its line, and
\`scenario.schema.json\` lets an editor help. Most scenarios are two paths:

\`\`\`yaml
- id: spoof-own-user
  title: A stranger poses as an existing user and writes out
  why: Rules of the kind "our senders may relay" look at the reverse-path instead of the client or its login.
  source: sendmail FEATURE(relay_local_from)
  mail: <{own-user}>
  rcpt: <{outside}>
  declares: { flow: outbound, form: plain }
  default: { listed: accept, unlisted: refuse }
  safe: refuse
  severity: critical
\`\`\`

\`declares\` says what is really asked for, all tricks undone; \`default\` what the default policy answers, written by hand and
never computed; \`safe\` what is right on a server of which nobody told us the policy. Everything else is a \`dialogue\`, a line
a turn:

\`\`\`
C: MAIL FROM:<{sender}>     sent with CRLF; lines with no S: between them leave in one write
R: RCPT TO:<a\\n{outside}>   sent as it is, escapes undone: \\r \\n \\t \\0 \\\\ \\xHH
T:                          a TLS handshake
S: 250                      the reply must be that (250, 2xx, 250|251); another one ends the session
S: *                        any reply
S: ...                      all replies until none comes any more
S: ?                        the question: an acceptance goes on, a refusal is the answer
S: ?+                       the same, and a refusal goes on, too
S: ?250|251                 a question whose unsafe answers are exactly those
S: ?...                     as ..., and the last reply is the answer; silence is a refusal
C: {message}                the canary message, dots doubled, ended by CRLF . CRLF
C: {message-text}           the same without an end
C: {smuggled}               a second canary message, ended, that must not become one of its own
\`\`\`

\`{x*2100}\` is a character many times, \`{rest-size}\` the number of bytes that follow the line in its write. The greeting, a
login, RSET and QUIT are added by the prober, and so is a message where a recipient was accepted and \`--prove\` is given.
Recipients are names of the server, of the auditor, or of nobody: all others are left out, whatever a file says.
`;

/** The text of `scenarios/README.md`. */
export function catalogueReadme(catalogue: Catalogue): string {
  const count = allScenarios(catalogue).length;
  return [
    '# The catalogue',
    '',
    `${count} scenarios in ${catalogue.families.length} families. This page is made from the files beside it.`,
    '',
    ...table(
      ['Family', 'About', 'Scenarios'],
      catalogue.families.map(({ name, title, scenarios }) => [
        `[${name}](#${anchor(title)})`,
        title,
        String(scenarios.length),
      ]),
    ),
    '',
    ...catalogue.families.flatMap(familySection),
    HOW_TO_WRITE,
    '### Names that stand in braces',
    '',
    ...table(
      ['Name', 'Stands for'],
      Object.entries(PLACEHOLDERS).map(([name, text]) => [`\`{${name}}\``, text]),
    ),
    '',
    'A filter behind a name writes it otherwise, as in `{own|full-width}`; where that changes nothing, the scenario is skipped.',
    '',
    ...table(
      ['Filter', 'Writes'],
      Object.entries(NAME_FILTERS).map(([name, { title }]) => [`\`${name}\``, title]),
    ),
    '',
    '## Variants of the field',
    '',
    'The list of variants that the catalogue was made from, by its numbers, and the scenarios that stand for each.',
    '',
    ...table(['Variant', 'Scenarios', 'Left out'], rows()),
    '',
  ].join('\n');
}

function familySection({ title, about, scenarios }: Family): readonly string[] {
  return [
    `## ${title}`,
    '',
    about,
    '',
    ...table(
      ['Scenario', 'Why', 'Known from', 'Asks for', 'Safe answer'],
      scenarios.map((scenario) => [
        `**${scenario.id}**: ${scenario.title}`,
        scenario.why,
        scenario.source,
        asksFor(scenario),
        `${SAFE_WORDS[scenario.safe]} (otherwise ${scenario.hygiene ? 'low' : scenario.severity})`,
      ]),
    ),
    '',
  ];
}

function asksFor({ declares, login, intrusive, message }: Scenario): string {
  const { flow, form, protocol } = declares;
  return [
    flow === 'none' ? 'no mail' : flow,
    form,
    ...(protocol === 'broken' ? ['protocol broken'] : []),
    ...(login === 'required' ? ['with a login'] : []),
    ...(message === null ? [] : ['a changed message']),
    ...(intrusive ? ['--intrusive'] : []),
  ].join(', ');
}

function rows(): readonly (readonly string[])[] {
  const numbers = [...Object.keys(CATALOGUE_ROWS), ...Object.keys(LEFT_OUT)].map(Number).toSorted((a, b) => a - b);
  return numbers.map((row) => [
    String(row),
    (CATALOGUE_ROWS[row] ?? []).map((id) => `\`${id}\``).join(', '),
    LEFT_OUT[row] ?? PARTLY_LEFT_OUT[row] ?? '',
  ]);
}

function table(head: readonly string[], body: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)];
}

/** Characters that mean something to Markdown stand for themselves. */
function cellText(text: string): string {
  return /^(?:---|\[.*\]\(#.*\)|`.*`)$/.test(text)
    ? text
    : text
        .trim()
        .replace(/[\\|<>]/g, '\\$&')
        .replace(/\s+/g, ' ');
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
