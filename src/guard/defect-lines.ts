import type { GuardSteps } from './steps.ts';

type ReadLine = GuardSteps['readsLine'];

/** Reads command lines otherwise than they are written; octets outside ASCII stay as they are. */
function rewriting(rewrite: (line: string) => string): ReadLine {
  return (line) => {
    const text = line.toString('latin1');
    const read = rewrite(text);
    return read === text ? line : Buffer.from(read, 'latin1');
  };
}

const PATH_COMMAND = /^(MAIL FROM|RCPT TO):(.*)$/i;
const USUAL_PATH = /^ *<[^<>\s]*>(?: .*)?$/;

/** Finds the address in whatever stands where a path belongs: no brackets, too many, blanks, a display name. */
export const laxPath: ReadLine = rewriting((line) => {
  const [, verb, rest = ''] = PATH_COMMAND.exec(line) ?? [];
  if (verb === undefined || USUAL_PATH.test(rest)) return line;
  const address = rest.split(/[\s<>",;]+/).findLast((word) => word.includes('@'));
  return `${verb}:<${address ?? ''}>`;
});

/** Makes one path with a list in it of several paths: `<a>,<b>` and `<a> <b>` become `<a,b>`. */
export const joinedPaths: ReadLine = rewriting((line) => line.replace(/> {0,4},? {0,4}</g, ','));

/** SEND, SOML and SAML begin a transaction as MAIL does (RFC 821 §3.4). */
export const oldVerb: ReadLine = rewriting((line) => line.replace(/^(?:SEND|SOML|SAML) FROM:/i, 'MAIL FROM:'));

/** A C string ends at its NUL octet. */
export const cutAtNul: ReadLine = rewriting((line) => line.replace(/\0[^>]*/g, ''));
