import { domainToASCII } from 'node:url';
import type { RecipientScope } from '../../../src/session/recipients.ts';

/** What was read from the wire by a parser that shares nothing with the gate of the prober. */
export interface WireCount {
  readonly commands: number;
  readonly recipients: number;
  /** Recipient commands that name somebody out of scope, as they were sent. */
  readonly outOfScope: readonly string[];
}

const RESERVED = ['test', 'example', 'invalid', 'localhost', 'local', 'example.com', 'example.net', 'example.org'];
const OWN_LITERALS = /^\[(?:127(?:\.\d+)*|383\.0\.0\.1|IPv6:::1|IPv6:::ffff:127\.0\.0\.1|IPv6:::ffff:7f00:1)\]$/i;
const NAME = /\[[^\][]*\]|[\p{L}\p{N}.\u3002\uff0e-]+/gu;

/** Counts the complete lines, and reads every RCPT in them wherever it stands. */
export function readRecipients(lines: readonly string[], scope: RecipientScope | null): WireCount {
  const recipients = lines.flatMap((line) => {
    const text = Buffer.from(line, 'latin1')
      .toString('utf8')
      .replace(/\p{Cc}|\p{Cf}/gu, '');
    const at = text.search(/rcpt/i);
    return at === -1 ? [] : [text.slice(at + 4)];
  });
  return {
    commands: lines.length,
    recipients: recipients.length,
    outOfScope: recipients.filter(
      (text) => scope === null || !namesIn(text, scope).every((name) => isOurs(name, scope)),
    ),
  };
}

/** Whatever may be a domain: it holds a dot and is no local part, or stands where a domain does. */
function namesIn(text: string, { outside, mailboxes = [] }: RecipientScope): readonly string[] {
  const locals = [outside, ...mailboxes].map((mailbox) => mailbox.slice(0, mailbox.lastIndexOf('@')));
  const path = locals
    .filter((local) => local.includes('.'))
    .reduce((one, local) => one.replaceAll(local, 'x'), text.normalize('NFKC').replaceAll('+40', '@'));
  return [...path.matchAll(NAME)]
    .filter(({ 0: word, index }) => {
      const before = path.charAt(index - 1);
      const after = path
        .slice(index + word.length)
        .replace(/^["'\\ ]*/, '')
        .charAt(0);
      const isLocal = after === '@' && !'@%!=#_'.includes(before === '' ? ' ' : before);
      const hasDot = /[^.][.\u3002][^.]/.test(word);
      return before === '@' || before === '%' || after === '!' || word.startsWith('[') || (hasDot && !isLocal);
    })
    .map(([word]) => word)
    .filter((word) => /[^.]/.test(word));
}

function isOurs(name: string, scope: RecipientScope): boolean {
  if (OWN_LITERALS.test(name)) return true;
  const exact = new Set([...scope.targetNames, ...(scope.auditorNames ?? [])].map(plain));
  const whole = [...scope.ownDomains, scope.outside.slice(scope.outside.lastIndexOf('@') + 1), ...RESERVED].map(plain);
  const candidates = [plain(name), ...(name.includes('-') ? [plain(name.slice(name.lastIndexOf('-') + 1))] : [])];
  return candidates.some(
    (one) =>
      exact.has(one) ||
      (scope.freshLabel !== undefined && one.startsWith(scope.freshLabel)) ||
      whole.some((own) => one === own || one.endsWith(`.${own}`)),
  );
}

function plain(name: string): string {
  const trimmed = name.replace(/^\.+|\.+$/g, '');
  return (trimmed.startsWith('[') ? '' : domainToASCII(trimmed)) || trimmed.toLowerCase();
}
