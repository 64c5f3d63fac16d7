import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Audit } from '../judge/audit.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../document/usage-error.ts';
import { labFolder, labName, startCleaner, sweepStaleLabs } from './cleaner.ts';
import { auditCommandFor, auditOf, mergeHosts } from './host-audit.ts';
import { labHostName, type LabRequest } from './lab-request.ts';
import { isListening } from './listeners.ts';
import { makeNetwork, type LabHost, type LabNetwork } from './network.ts';
import { ownCommand, startIn, until, type LabProcess } from './process.ts';
import { RECIPES } from './recipes.ts';
import { newOwnershipToken } from '../target/ownership.ts';
import { noNamespacesText } from './without-namespaces.ts';
import { policyFrom } from '../config/inputs.ts';

const START_MS = 20_000;
const SMTP_PORT = 25;
/** Lines of a server's own words that are shown when it does not start. */
const KEPT_LINES = 20;

/**
 * Tries a server's configuration before it is live: in network namespaces that nothing else can reach, audited with proof
 * from each host. Everything is gone when this settles, and also when this process dies.
 * @throws UsageError when namespaces may not be made here, or the server does not start
 */
export async function runLab(request: LabRequest, count: number, terminal: Terminal): Promise<Audit> {
  for (const stale of sweepStaleLabs()) terminal.say(`relayproof: took away what was left of ${stale}`);
  const lab = labName(count);
  const cleaner = startCleaner(lab);
  try {
    const made = makeNetwork(lab);
    if (made.kind === 'refused') throw new UsageError(noNamespacesText(made.reason));
    return await tryServer(request, lab, made.network, terminal);
  } finally {
    await cleaner.clean();
  }
}

async function tryServer(request: LabRequest, lab: string, network: LabNetwork, terminal: Terminal): Promise<Audit> {
  const folder = labFolder(lab);
  mkdirSync(folder);
  // Servers change their user and have to get at their files.
  chmodSync(folder, 0o755);
  const ownDomains =
    request.ownDomains.length > 0 || request.policy === null
      ? request.ownDomains
      : policyFrom(request.policy).settings.domains;
  const caught = join(folder, 'caught.ndjson');
  const world = { host: network.outside.address, port: SMTP_PORT };
  const server = RECIPES[request.recipe]({ ...request, folder, server: network.server, world, ownDomains });
  const resolver = `${network.server.outer}:53`;
  const catching = ownCommand(['catch', '--listen', `${world.host}:${world.port}`, '--output', caught]);
  const token = newOwnershipToken();
  const resolving = resolverCommand(resolver, request, { ownDomains, token }, network);
  await Promise.all([
    startHelper('the resolver', startIn(network.middle, resolving), 'resolving on', terminal),
    startHelper('the catcher', startIn(network.outside.namespace, catching), 'catching on', terminal),
  ]);
  for (const note of server.notes) terminal.say(`relayproof: in the lab ${note}`);
  const running = startIn(network.middle, server.argv);
  const isUp = await until(() => isListening(network.middle, request.port), {
    timeoutMs: START_MS,
    giveUp: () => running.hasEnded() || terminal.signal.aborted,
  });
  if (!isUp) throw new UsageError(notStarted(request, running, server.log()));
  const hosts = hostsToAudit(network, request, terminal);
  const auditor = { ...terminal, env: { ...terminal.env, RELAYPROOF_TOKEN: token } };
  const audits = await Promise.all(
    hosts.map((host) => auditFrom(host, auditCommandFor(host, request, { resolver, caught }), auditor)),
  );
  const [first, ...others] = audits;
  if (first === undefined) throw new Error('a lab without hosts');
  return mergeHosts([first, ...others]);
}

/** What a client of the own network may is for the policy to say; the rest of the world may not use any server as a relay. */
function hostsToAudit(
  { outside, roaming, inside }: LabNetwork,
  { policy }: LabRequest,
  terminal: Terminal,
): readonly LabHost[] {
  if (policy !== null) return [outside, roaming, inside];
  terminal.say('relayproof: no --policy says what the inside may, so only outside and roaming hosts ask');
  return [outside, roaming];
}

async function auditFrom(host: LabHost, argv: readonly string[], terminal: Terminal): Promise<Audit> {
  const child = startIn(host.namespace, argv, {
    env: terminal.env,
    onLine: (line) => terminal.say(`relayproof: ${host.role}: ${line.replace(/^relayproof: /, '')}`),
  });
  const interrupt = (): void => child.interrupt();
  terminal.signal.addEventListener('abort', interrupt);
  if (terminal.signal.aborted) interrupt();
  try {
    return await auditOf(host, child);
  } finally {
    terminal.signal.removeEventListener('abort', interrupt);
  }
}

function resolverCommand(
  listen: string,
  { path, worldNames }: LabRequest,
  { ownDomains, token }: { readonly ownDomains: readonly string[]; readonly token: string },
  { outside, roaming, inside, server }: LabNetwork,
): readonly string[] {
  const hosts = {
    [server.outer]: labHostName(path),
    ...Object.fromEntries([outside, roaming, inside].map(({ role, address }) => [address, `${role}.lab.example`])),
  };
  const own = ownDomains.map((domain) => domain.replace(/^\*\./, ''));
  const zones = { ownDomains: own, server: server.outer, world: outside.address, worldNames, hosts, token };
  return ownCommand(['lab-resolver', '--listen', listen, '--zones', JSON.stringify(zones)]);
}

async function startHelper(what: string, helper: LabProcess, ready: string, { signal }: Terminal): Promise<void> {
  const isUp = await until(() => helper.stderr().includes(ready), {
    timeoutMs: START_MS,
    giveUp: () => helper.hasEnded() || signal.aborted,
  });
  if (!isUp && !signal.aborted) throw new Error(`${what} of the lab did not start: ${helper.stderr()}`);
}

function notStarted({ recipe, path, port }: LabRequest, running: LabProcess, log: string): readonly string[] {
  const words = `${running.stdout()}${running.stderr()}${log}`.trim().split('\n').slice(-KEPT_LINES);
  const fate = running.hasEnded() ? 'ended early' : `did not listen on port ${port} in ${START_MS / 1000} s`;
  return [`${path}: the server (${recipe}) ${fate}; it said:`, ...words.map((line) => `  ${line}`)];
}
