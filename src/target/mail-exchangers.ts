import type { NameService } from './name-service.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../document/usage-error.ts';
import { askYes } from '../terminal/ask-yes.ts';

/**
 * The MX hosts of domains, each confirmed: they may be somebody else's. Confirmed is a host that was named by `--confirm`,
 * or that a person on a terminal says yes to.
 * @throws UsageError
 */
export async function confirmedMailExchangers(
  domains: readonly string[],
  confirmed: readonly string[],
  names: NameService,
  terminal: Terminal,
): Promise<readonly string[]> {
  const hosts: string[] = [];
  for (const domain of domains) hosts.push(...(await exchangersOf(domain, names)));
  const unconfirmed = [...new Set(hosts)].filter((host) => !confirmed.includes(host));
  if (unconfirmed.length > 0 && !(terminal.inIsTty && terminal.errIsTty)) {
    throw new UsageError(
      unconfirmed.map(
        (host) => `is ${host} yours? It is an MX host of ${domains.join(', ')}: name it with --confirm ${host}`,
      ),
    );
  }
  const refused = new Set<string>();
  for (const host of unconfirmed) if (!(await askYes(`Is ${host} a server that you run? [y/N] `))) refused.add(host);
  const kept = [...new Set(hosts)].filter((host) => !refused.has(host));
  if (kept.length === 0) throw new UsageError(['no MX host was confirmed, so there is nothing to audit']);
  return kept;
}

async function exchangersOf(domain: string, names: NameService): Promise<readonly string[]> {
  try {
    const hosts = await names.mailExchangers(domain);
    if (hosts.every((host) => host === '' || host === '.')) throw new UsageError([`${domain} takes no mail (null MX)`]);
    return hosts;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError([`${domain}: no MX hosts: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
