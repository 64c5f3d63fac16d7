/**
 * Text in running GitHub-flavoured Markdown. Mentions, issue numbers and addresses are recognised in the finished text,
 * where a backslash is gone, so an empty comment parts them.
 */
export function prose(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>|~$&]/g, (character) => `\\${character}`)
    .replace(/[@#]/g, (character) => `${character}<!-- -->`)
    .replaceAll('://', ':<!-- -->//')
    .replaceAll(/www\./gi, (found) => `${found.slice(0, 3)}<!-- -->.`);
}

/** Text that marks names by backticks, as the tables of relayproof do. */
export function proseWithCode(text: string): string {
  const parts = text.split('`');
  if (parts.length % 2 === 0) return prose(text);
  return parts.map((part, index) => (index % 2 === 0 ? prose(part) : code(part))).join('');
}

/** A code span: nothing in it is markup, a mention or a link. */
export function code(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  const edge = text === '' || /^[` ]|[` ]$/.test(text) ? ' ' : '';
  return `${fence}${edge}${text}${edge}${fence}`;
}

/** A block of lines that no line can end. */
export function codeBlock(lines: readonly string[]): string {
  const fence = '`'.repeat(Math.max(3, ...lines.map((line) => longestRun(line) + 1)));
  return [`${fence}text`, ...lines, fence].join('\n');
}

export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
