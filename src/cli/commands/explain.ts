import { Argument } from '@commander-js/extra-typings';
import { FINDING_KIND_INFO } from '../../judge/finding-kind.ts';
import { REMEDIES } from '../../judge/remedy.ts';
import { REMEDY_ANYWHERE } from '../../judge/remedy-anywhere.ts';
import { SOFTWARE_NAMES, type Software } from '../../judge/software.ts';
import { indent, table, wrap } from '../../report/layout.ts';
import { FINDING_KINDS, type FindingKind } from '../../scenario/finding-kind.ts';
import { examples, type CommandContext } from '../command.ts';

/** Order in which servers stand on a page. */
const SERVERS: readonly Software[] = ['postfix', 'exim', 'sendmail', 'opensmtpd', 'haraka', 'exchange', 'relayproof'];

export function explainCommand({ program, terminal }: CommandContext): void {
  program
    .command('explain')
    .description('what a finding means, who makes use of it, and how to close it')
    .addArgument(new Argument('[finding]', 'kind of finding; all of them are listed without').choices(FINDING_KINDS))
    .option('--json', 'as JSON')
    .addHelpText('after', examples(['relayproof explain', 'relayproof explain third-party-relay']))
    .action((kind, { json }) => {
      const kinds = kind === undefined ? FINDING_KINDS : [kind];
      if (json === true) terminal.out(`${JSON.stringify(kinds.map(explanation), null, 2)}\n`);
      else terminal.out(kind === undefined ? listing() : page(kind, Math.min(terminal.width, 100)));
    });
}

function listing(): string {
  const rows = FINDING_KINDS.map((kind) => [kind, FINDING_KIND_INFO[kind].title]);
  return `${table([['FINDING', 'TITLE'], ...rows]).join('\n')}\n`;
}

function page(kind: FindingKind, width: number): string {
  const { title, meaning } = FINDING_KIND_INFO[kind];
  const { abuse, say } = REMEDY_ANYWHERE[kind];
  const paragraph = (text: string, margin = ''): readonly string[] =>
    indent(wrap(text, width - margin.length), margin, margin);
  const servers = SERVERS.flatMap((software) => {
    const remedy = REMEDIES[software]?.[kind];
    if (remedy === undefined) return [];
    const lines = remedy.lines.map((line) => `      ${line}`);
    return [
      SOFTWARE_NAMES[software],
      ...paragraph(remedy.say, '  '),
      ...(lines.length === 0 ? [] : ['', ...lines]),
      '',
    ];
  });
  return [
    `${kind}: ${title}`,
    '',
    ...paragraph(meaning),
    '',
    ...paragraph(`Who makes use of it: ${abuse}`),
    '',
    ...paragraph(`How to close it: ${say}`),
    '',
    ...servers,
  ].join('\n');
}

function explanation(kind: FindingKind): object {
  const { title, meaning } = FINDING_KIND_INFO[kind];
  const { abuse, say } = REMEDY_ANYWHERE[kind];
  const servers = SERVERS.flatMap((software) => {
    const remedy = REMEDIES[software]?.[kind];
    return remedy === undefined ? [] : [[software, remedy] as const];
  });
  return { finding: kind, title, meaning, abuse, remedy: say, servers: Object.fromEntries(servers) };
}
