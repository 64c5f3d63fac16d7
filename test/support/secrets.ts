/** A login that no text may show, and every form in which it could. */
export interface Secret {
  readonly user: string;
  readonly password: string;
}

const ALPHABETS = [
  'abcdefghijklmnopqrstuvwxyz0123456789',
  'ABCDEFghijkl+/=_-',
  'aZ09 !"#$%&\'()*+,./:;<=>?@[]^`{|}~\\',
  'äöüßéñ€日本語aZ09',
];

/** Secrets of 8 to 32 characters from a seed, the same every time: plain, base64-like, full of punctuation, beyond ASCII. */
export function randomSecrets(count: number, seed: number): readonly Secret[] {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % limit;
  };
  return Array.from({ length: count }, (_, index) => {
    const alphabet = Array.from(ALPHABETS[index % ALPHABETS.length] ?? 'a');
    const letters = Array.from({ length: 8 + below(25) }, () => alphabet[below(alphabet.length)] ?? 'a');
    return { user: `user${index}`, password: `x${letters.join('').trim()}y${index}z` };
  });
}

/** The encodings in which a server may send a password back. */
export const REFLECTIONS: Readonly<Record<string, (secret: Secret) => string>> = {
  'as it is': ({ password }) => password,
  base64: ({ password }) => base64(password),
  'base64 without padding, in the alphabet for URLs': ({ password }) =>
    Buffer.from(password, 'utf8').toString('base64url'),
  'a SASL PLAIN response': ({ user, password }) => base64(`\0${user}\0${password}`),
  'a SASL PLAIN response that acts for somebody': ({ user, password }) => base64(`somebody\0${user}\0${password}`),
  'base64 of user and password': ({ user, password }) => base64(`${user}:${password}`),
  'hex in lower case': ({ password }) => Buffer.from(password, 'utf8').toString('hex'),
  'hex in upper case': ({ password }) => Buffer.from(password, 'utf8').toString('hex').toUpperCase(),
  'percent-encoded for a URL': ({ password }) => encodeURIComponent(password),
  'escaped for JSON': ({ password }) => JSON.stringify(password).slice(1, -1),
};

/**
 * The names of the forms in which a text gives the password away, blanks and line ends disregarded. Written without the
 * redactor's list of forms: encoded runs are decoded and looked into.
 */
export function leaksOf({ password }: Secret, text: string): readonly string[] {
  const bare = (one: string): string => one.replace(/\s+/g, '');
  const wanted = bare(password);
  const joined = bare(text);
  const decodings: Readonly<Record<string, () => readonly string[]>> = {
    plain: () => [joined],
    JSON: () => [joined.replace(/\\(["\\/])/g, '$1')],
    URL: () => [joined.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())],
    hex: () => runs(joined, /[0-9a-f]{8,}/gi).flatMap((run) => shifted(run, 2, 'hex')),
    base64: () => runs(joined, /[A-Za-z0-9+/_-]{8,}/g).flatMap((run) => shifted(run, 4, 'base64')),
  };
  return Object.entries(decodings).flatMap(([name, decode]) =>
    decode().some((decoded) => bare(decoded).includes(wanted)) ? [name] : [],
  );
}

function runs(text: string, pattern: RegExp): readonly string[] {
  return text.match(pattern) ?? [];
}

function shifted(run: string, width: number, encoding: 'hex' | 'base64'): readonly string[] {
  return Array.from({ length: width }, (_, skipped) => Buffer.from(run.slice(skipped), encoding).toString('utf8'));
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
