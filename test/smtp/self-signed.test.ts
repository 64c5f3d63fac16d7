import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { expect, test } from 'vitest';
import { selfSignedIdentity } from '../../src/smtp/self-signed.ts';

test('an identity of every length of name can be used: no line of its PEM text is empty', () => {
  for (let length = 1; length <= 64; length += 1) {
    const name = 'x'.repeat(length);
    const identity = selfSignedIdentity(name);
    expect(() => createSecureContext(identity), `${length} characters`).not.toThrow();
    const certificate = new X509Certificate(identity.cert);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe(`CN=${name}`);
    expect(certificate.checkHost(name)).toBe(name);
  }
});
