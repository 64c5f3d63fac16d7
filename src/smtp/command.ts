const CRLF = '\r\n';

/** Bytes of a command line (RFC 5321 §2.3.8): the text in UTF-8 and CRLF. */
export function commandBytes(line: string): Buffer {
  return Buffer.from(line + CRLF, 'utf8');
}

/** The verb of a command line in upper case, `''` for an empty line. */
export function commandVerb(line: string): string {
  return (/^[A-Za-z]+/.exec(line.trimStart())?.[0] ?? '').toUpperCase();
}

/** Bytes of mail data (RFC 5321 §4.5.2): dots doubled at the beginning of a line, ended by CRLF . CRLF. */
export function mailDataBytes(lines: readonly string[]): Buffer {
  const stuffed = lines.map((line) => (line.startsWith('.') ? `.${line}` : line));
  return Buffer.from([...stuffed, '.', ''].join(CRLF), 'utf8');
}
