import type { SourceLocation } from './reading.ts';
import { visible } from '../document/visible.ts';

export type AnnotationLevel = 'notice' | 'warning' | 'error';

/** Characters of one message: more is folded away where annotations are shown. */
const KEPT_CHARACTERS = 2000;

/**
 * One annotation as a workflow command of GitHub, without its line end. No text can end it or begin another: line ends and
 * what parts its properties are encoded.
 *
 * @param text lines of the message
 */
export function workflowCommand(
  level: AnnotationLevel,
  location: SourceLocation | null,
  title: string,
  text: readonly string[],
): string {
  const properties = [
    ...(location === null ? [] : [`file=${property(location.file)}`, `line=${location.line}`]),
    `title=${property(title)}`,
  ];
  const message = text.map((line) => encoded(visible(line))).join('%0A');
  const cut =
    message.length > KEPT_CHARACTERS
      ? `${message.slice(0, KEPT_CHARACTERS).replace(/%.?$|[\ud800-\udbff]$/, '')} ...`
      : message;
  return `::${level} ${properties.join(',')}::${cut}`;
}

function encoded(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return encoded(visible(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
