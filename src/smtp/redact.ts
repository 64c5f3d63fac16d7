import { loginResponses, plainResponse, type Credentials } from './sasl.ts';

const MASK = '[redacted]';
/** A secret this short is found everywhere by chance; masking it would shred the transcript and still hide nothing. */
const SHORTEST_SECRET = 4;

/** Replaces secrets in text before it is stored. */
export interface Redactor {
  readonly redact: (text: string) => string;
  /** Adds text to hide from now on, such as the response to a challenge. */
  readonly hide: (secret: string) => void;
}

/**
 * A redactor that knows the forms in which a password can come back: as it is, escaped for JSON or a URL, in hex, in a SASL
 * response, and in base64 inside of anything else.
 */
export function createRedactor(logins: readonly Credentials[]): Redactor {
  const secrets = new Set<string>();
  const hide = (secret: string): void => {
    if (secret.length >= SHORTEST_SECRET) secrets.add(secret);
  };
  for (const login of logins) for (const form of formsOf(login)) hide(form);
  const redact = (text: string): string => {
    const masked = [...secrets]
      .sort((a, b) => b.length - a.length)
      .reduce((kept, secret) => kept.replaceAll(secret, MASK), text);
    return holdsSplitSecret(masked, secrets) ? MASK : masked;
  };
  return { redact, hide };
}

function formsOf(login: Credentials): readonly string[] {
  const { password } = login;
  const bytes = Buffer.from(password, 'utf8');
  const url = encodeURIComponent(password);
  const hex = bytes.toString('hex');
  const base64 = [
    bytes.toString('base64'),
    plainResponse(login),
    plainResponse(login, login.user),
    loginResponses(login)[1],
    ...[0, 1, 2].map((before) => base64Within(bytes, before)),
  ];
  return [
    password,
    JSON.stringify(password).slice(1, -1),
    url,
    url.replace(/%../g, (escape) => escape.toLowerCase()),
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** The base64 characters that bytes alone decide where other bytes stand before and after them: three bytes are four characters. */
function base64Within(bytes: Buffer, bytesBefore: number): string {
  const characters = (count: number): number => (count * 4) / 3;
  return Buffer.concat([Buffer.alloc(bytesBefore), bytes])
    .toString('base64')
    .slice(Math.ceil(characters(bytesBefore)), Math.floor(characters(bytesBefore + bytes.length)));
}

/** A server may echo a secret cut by blanks or line ends: then the whole text goes. */
function holdsSplitSecret(text: string, secrets: ReadonlySet<string>): boolean {
  const joined = text.replace(/\s+/g, '');
  return [...secrets].some(
    (secret) => joined.includes(secret.replace(/\s+/g, '')) && secret.replace(/\s+/g, '').length >= SHORTEST_SECRET,
  );
}
