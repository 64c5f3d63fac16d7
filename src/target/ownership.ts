import { randomBytes } from 'node:crypto';
import { canonicalDomain } from '../smtp/domain.ts';
import type { NameService } from './name-service.ts';
import { isPublicSuffix } from '../smtp/public-suffix.ts';

/** Where the owner of a domain says that audits of his may use it. */
export function ownershipName(domain: string): string {
  return `_relayproof.${domain}`;
}

/** Text of the record that carries a token. */
export function ownershipRecord(token: string): string {
  return `relayproof=${token}`;
}

/** A token for an ownership record, 32 letters and digits. */
export function newOwnershipToken(): string {
  return randomBytes(16).toString('hex');
}

export type Ownership = { readonly kind: 'proved' } | { readonly kind: 'unproved'; readonly why: string };

/**
 * Whether a domain, or one above it, carries the ownership record with our token. A public suffix is never asked: its owner
 * is not the owner of what is registered below it.
 * @param token the operator's own token, null where none was given
 */
export async function checkOwnership(domain: string, token: string | null, names: NameService): Promise<Ownership> {
  const record = `a TXT record ${ownershipName(domain)} with ${ownershipRecord('TOKEN')}`;
  if (token === null)
    return {
      kind: 'unproved',
      why: `needs ${record}, and the token in RELAYPROOF_TOKEN (\`relayproof token\` prints one)`,
    };
  let trouble = '';
  for (const candidate of withParents(domain)) {
    try {
      const texts = await names.texts(ownershipName(candidate));
      if (texts.includes(ownershipRecord(token))) return { kind: 'proved' };
    } catch (error) {
      trouble = ` (looking it up failed: ${error instanceof Error ? error.message : String(error)})`;
    }
  }
  return { kind: 'unproved', why: `needs ${record}; none with the token of RELAYPROOF_TOKEN was found${trouble}` };
}

function withParents(domain: string): readonly string[] {
  const labels = canonicalDomain(domain).split('.');
  const parents = labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'));
  return parents.filter((parent) => !isPublicSuffix(parent));
}
