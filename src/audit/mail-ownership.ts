import ipaddr from 'ipaddr.js';
import { compileOwnDomains } from '../policy/own-domains.ts';
import { isReservedDomain } from '../session/recipients.ts';
import { canonicalDomain, isAddressLiteral } from '../smtp/domain.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import type { AuditIdentities } from './request.ts';
import { isLocalAddress } from '../target/endpoint.ts';
import type { NameService } from '../target/name-service.ts';
import { checkOwnership } from '../target/ownership.ts';
import { UsageError } from '../document/usage-error.ts';

export interface MailTargets {
  /** Whether any target may be a stranger's. */
  readonly isPublic: boolean;
  readonly addresses: readonly string[];
}

/** A domain that messages go to, or bounce to. */
interface NamedDomain {
  readonly domain: string;
  /** The option that names it. */
  readonly option: string;
}

/**
 * With `--prove` messages go to the domains of an audit, and bounces go to its senders. Each has to be reserved or to carry
 * the ownership record; own domains of servers on loopback and private networks need none.
 * @throws UsageError with every domain that has none
 */
export async function mailMustBeOurs(
  identities: AuditIdentities,
  targets: MailTargets,
  token: string | null,
  names: NameService,
): Promise<void> {
  const problems = await Promise.all([
    ...domainsToProve(identities, targets).map(async ({ domain, option }) => {
      const ownership = await checkOwnership(domain, token, names);
      const advice = option === '--own-domain' ? '' : 'use a reserved name (RFC 2606), such as example.net; otherwise ';
      return ownership.kind === 'proved'
        ? []
        : `--prove sends mail for ${domain} (${option}): ${advice}it ${ownership.why}`;
    }),
    literalProblem(identities, targets, names),
  ]);
  if (problems.flat().length > 0) throw new UsageError(problems.flat());
}

function domainsToProve(identities: AuditIdentities, { isPublic, addresses }: MailTargets): readonly NamedDomain[] {
  const { ownDomains, outside, from, partner, fills } = identities;
  const foreign = [
    { domain: domainOf(outside), option: '--outside' },
    { domain: domainOf(from), option: '--from' },
    { domain: partner ?? '', option: '--partner' },
    { domain: fills?.['mx-domain'] ?? '', option: '--fill mx-domain' },
  ];
  const own = ownDomains.map((domain) => ({ domain: domain.replace(/^\*\./, ''), option: '--own-domain' }));
  const isOwn = compileOwnDomains(ownDomains).includes;
  // What lies in an own domain is proved with it.
  const named = [...(isPublic ? own : []), ...foreign.filter(({ domain }) => !isOwn(domain))];
  const each = new Map(named.toReversed().map((one) => [canonicalDomain(one.domain), one])).values();
  return [...each]
    .toReversed()
    .filter(({ domain }) => domain !== '' && !isReservedDomain(domain) && !isAddressOf(domain, addresses));
}

function domainOf(mailbox: string): string {
  return splitEnvelopeAddress(mailbox).domain ?? '';
}

/** The literal elsewhere has to be nobody's, or of a host of the outside domain, which is proved. */
async function literalProblem(
  { fills, outside }: AuditIdentities,
  { addresses }: MailTargets,
  names: NameService,
): Promise<readonly string[]> {
  const literal = fills?.['outside-literal'];
  if (literal === undefined || isAddressOf(literal, addresses)) return [];
  const domain = domainOf(outside);
  const known = isReservedDomain(domain) ? [] : await addressesOfMail(domain, names);
  if (isAddressOf(literal, known)) return [];
  return [
    `--prove sends mail to ${literal} (--fill outside-literal): name an address of the mail host of ${domain} (--outside), or a private one`,
  ];
}

/** Addresses where mail for a domain goes (RFC 5321 §5.1); none where that cannot be looked up. */
async function addressesOfMail(domain: string, names: NameService): Promise<readonly string[]> {
  const exchangers = await names.mailExchangers(domain).catch(() => []);
  const found = await Promise.allSettled([domain, ...exchangers].map((host) => names.addresses(host)));
  return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}

/** Whether a text is a literal of one of the addresses, or of an address that no stranger has. */
function isAddressOf(text: string, addresses: readonly string[]): boolean {
  if (!isAddressLiteral(text)) return false;
  const inside = text.slice(1, -1).replace(/^IPv6:/i, '');
  if (!ipaddr.isValid(inside)) return false;
  const address = ipaddr.process(inside);
  // `reserved` holds the documentation addresses of RFC 5737 and RFC 3849.
  if (isLocalAddress(inside) || address.range() === 'reserved') return true;
  return addresses.some((known) => ipaddr.process(known).toString() === address.toString());
}
