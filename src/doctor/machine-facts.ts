import { existsSync, readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ipaddr from 'ipaddr.js';
import { startCatcher } from '../catcher/catcher.ts';
import type { MachineFacts } from './diagnose.ts';
import { namespaceRefusal } from '../lab/network.ts';
import { nameService } from '../target/name-service.ts';

const SMTP_PORT = 25;
/** A name that cannot exist (RFC 6761): an answer that says so is an answer. */
const NOBODY = 'relayproof.invalid';

/** Providers whose machines may not send mail before somebody asked for it, by words of the firmware. */
const BLOCKERS: readonly (readonly [RegExp, string])[] = [
  [/amazon/i, 'Amazon EC2'],
  [/google/i, 'Google Cloud'],
  [/microsoft/i, 'Azure'],
  [/digitalocean/i, 'DigitalOcean'],
  [/hetzner/i, 'Hetzner Cloud'],
  [/vultr/i, 'Vultr'],
];
const CI_BLOCKERS: readonly (readonly [string, string])[] = [
  ['GITHUB_ACTIONS', 'a hosted runner of GitHub'],
  ['GITLAB_CI', 'a hosted runner of GitLab'],
];

type Env = Readonly<Record<string, string | undefined>>;

/** Looks around on this machine. Nothing is sent, but for one query to the name server that is named. */
export async function machineFacts(dnsServer: string | null, env: Env): Promise<MachineFacts> {
  return {
    node: process.version,
    now: new Date(),
    installed: statSync(fileURLToPath(import.meta.url)).mtime,
    addresses: Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? [])
        .filter(({ internal }) => !internal)
        .map(({ address, family }) => ({
          address,
          family: family === 'IPv6' ? 6 : 4,
          scope: ipaddr.process(address).range() === 'unicast' ? 'global' : 'local',
        })),
    ),
    defaultRoute: {
      ipv4: defaultRoute(contentOf('/proc/net/route'), 1),
      ipv6: defaultRoute(contentOf('/proc/net/ipv6_route'), 0),
    },
    blocker:
      CI_BLOCKERS.find(([name]) => (env[name] ?? '') === 'true')?.[1] ??
      BLOCKERS.find(([words]) => words.test(contentOf('/sys/class/dmi/id/sys_vendor')))?.[1] ??
      null,
    catchRefusal: await catchRefusal(),
    namespaceRefusal: namespaceRefusal(),
    servers: serversHere(env),
    nameServers: [...contentOf('/etc/resolv.conf').matchAll(/^nameserver\s+(\S+)/gm)].flatMap(([, one]) => one ?? []),
    dns: dnsServer === null ? null : { server: dnsServer, failure: await dnsFailure(dnsServer) },
  };
}

/** Whether a table of routes as Linux prints it has one for everything; `column` holds the destination. */
function defaultRoute(table: string, column: number): boolean {
  return table.split('\n').some((line) => {
    const fields = line.trim().split(/\s+/);
    const isLoopback = fields.at(-1) === 'lo';
    return !isLoopback && /^0+$/.test(fields[column] ?? '') && (column === 1 || fields[1] === '00');
  });
}

async function catchRefusal(): Promise<MachineFacts['catchRefusal']> {
  try {
    const catcher = await startCatcher({ host: '127.0.0.1', port: SMTP_PORT, onCaught: () => undefined });
    await catcher.close();
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' ? 'taken' : 'not-permitted';
  }
}

async function dnsFailure(server: string): Promise<string | null> {
  try {
    await nameService(server).addresses(NOBODY);
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return code === 'ENOTFOUND' || code === 'ENODATA' ? null : code;
  }
}

function serversHere(env: Env): readonly string[] {
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const isHere = (program: string): boolean => folders.some((folder) => existsSync(join(folder, program)));
  return [...(isHere('postfix') ? ['Postfix'] : []), ...(isHere('exim4') || isHere('exim') ? ['Exim'] : [])];
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
