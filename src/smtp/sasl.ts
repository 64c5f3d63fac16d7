import { createHmac } from 'node:crypto';

/** Mechanisms that the probe can speak (RFC 4616, the LOGIN draft, RFC 2195). */
export type SaslMechanism = 'PLAIN' | 'LOGIN' | 'CRAM-MD5';

/** Who authenticates. An empty user or password is sent as it is: some servers accept it. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Initial response of SASL PLAIN in base64 (RFC 4616): authzid NUL authcid NUL password. */
export function plainResponse(credentials: Credentials, authorizationIdentity = ''): string {
  return base64(`${authorizationIdentity}\0${credentials.user}\0${credentials.password}`);
}

/** The two responses of AUTH LOGIN in base64, in the order of the server's questions. */
export function loginResponses(credentials: Credentials): readonly [string, string] {
  return [base64(credentials.user), base64(credentials.password)];
}

/**
 * Response of CRAM-MD5 in base64 (RFC 2195): user, space, hex HMAC-MD5 of the challenge keyed by the password.
 * @param challenge the base64 text of the server's 334 reply
 */
export function cramMd5Response(credentials: Credentials, challenge: string): string {
  const digest = createHmac('md5', credentials.password).update(Buffer.from(challenge, 'base64')).digest('hex');
  return base64(`${credentials.user} ${digest}`);
}

/** The strongest mechanism that both sides speak, or null. CRAM-MD5 never shows the password, so it goes first. */
export function chooseMechanism(offered: readonly string[]): SaslMechanism | null {
  const names = new Set(offered.map((name) => name.toUpperCase()));
  return (['CRAM-MD5', 'PLAIN', 'LOGIN'] as const).find((name) => names.has(name)) ?? null;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
