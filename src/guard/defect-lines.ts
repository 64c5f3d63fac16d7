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

/** Something that is always answered with 250. */
const SAID_YES = 'NOOP';

export const sideService: ReadLine = rewriting((line) =>
  /^(?:VRFY|EXPN|ETRN|TURN|ATRN)\b/i.test(line) ? SAID_YES : line,
);

/** The first line of a web request and its header fields. */
export const webRequest: ReadLine = rewriting((line) => (/^(?:POST \/|[A-Za-z-]+: |$)/.test(line) ? SAID_YES : line));

/** RFC 5321 §4.5.3.1.4. */
const BUFFER_BYTES = 512;

export const lastBuffer: ReadLine = rewriting((line) =>
  line.length > BUFFER_BYTES ? line.slice(line.length - (line.length % BUFFER_BYTES)) : line,
);

export const behindCarriageReturn: ReadLine = rewriting((line) => line.slice(line.lastIndexOf('\r') + 1));

/** The address of the client in a PROXY line, where a command belongs, replaces the one that is known. */
export const proxyLineAsXclient: ReadLine = rewriting((line) =>
  line.replace(/^PROXY TCP[46] (\S+) .*$/, 'XCLIENT ADDR=$1'),
);
