import { startCatcher } from '../../src/catcher/catcher.ts';
import { exitCodeOf, type ExitCode } from '../../src/terminal/exit-code.ts';
import { CaughtList } from '../../src/catcher/caught-source.ts';
import { performAudit } from '../../src/audit/perform.ts';
import { prepareAudit, type AskingOptions } from '../../src/audit/prepare.ts';
import type { Audit } from '../../src/judge/audit.ts';
import type { RunRecord } from '../../src/judge/judge-audit.ts';
import { DEFAULT_DEADLINES } from '../../src/probe/deadlines.ts';
import { outcomeOf } from '../../src/judge/outcome.ts';
import type { Caught } from '../../src/session/caught.ts';
import type { Vantage } from '../../src/session/vantage.ts';
import { quietTerminal } from '../support/quiet-terminal.ts';
import type { Endpoint } from '../support/socket-server.ts';
import { OWN_DOMAIN, OWN_USERS, SERVER_NAME } from './own-domain.ts';
import type { RealServer } from './real-server.ts';

/** What one audit of a real server came to, and what the catcher behind it knows by itself. */
export interface RealAudit {
  readonly audit: Audit;
  readonly record: RunRecord;
  readonly exitCode: ExitCode;
  /** Ids of the sessions whose message left for somebody else, as the catcher saw it: the ground truth. */
  readonly leaked: readonly string[];
  /** Ids of the sessions that the judge calls relayed. */
  readonly relayed: readonly string[];
  readonly caught: readonly Caught[];
  /** Everything that was said to the terminal. */
  readonly said: readonly string[];
  readonly durationMs: number;
}

export interface RealAuditOptions extends Partial<AskingOptions> {
  readonly vantage?: readonly Vantage[];
}

/** Names by which every server of the tests is itself. */
const OWN_NAMES = new Set([OWN_DOMAIN, SERVER_NAME, `inner.${OWN_DOMAIN}`, 'localhost']);

/** Starts a server with a catcher as its next hop, audits it as `relayproof audit` would, and stops both. */
export async function auditReal(
  start: (nextHop: Endpoint) => Promise<RealServer>,
  options: RealAuditOptions = {},
): Promise<RealAudit> {
  const caught: Caught[] = [];
  const list = new CaughtList();
  const catcher = await startCatcher({
    host: '127.0.0.1',
    port: 0,
    onCaught: (one) => {
      caught.push(one);
      list.add(one);
    },
  });
  try {
    const server = await start({ host: '127.0.0.1', port: catcher.port });
    try {
      return await auditServer(server, { list, caught }, options);
    } finally {
      await server.stop();
    }
  } finally {
    await catcher.close();
  }
}

async function auditServer(
  server: RealServer,
  { list, caught }: { readonly list: CaughtList; readonly caught: readonly Caught[] },
  options: RealAuditOptions,
): Promise<RealAudit> {
  const said: string[] = [];
  const begun = performance.now();
  const { targets, common } = await prepareAudit(
    [`${server.host}:${server.port}`],
    { ...ASKING, ...options },
    options.prove === true ? list : null,
    quietTerminal((line) => said.push(line), { LOGIN_USER: 'alice', LOGIN_PASSWORD: 'right-password' }),
  );
  const [endpoint] = targets.flatMap(({ endpoints }) => endpoints);
  if (endpoint === undefined) throw new Error('no endpoint to audit');
  const { tls, ...target } = endpoint;
  const { audit, record } = await performAudit({
    ...common,
    target,
    tls,
    previous: null,
    onEvent: (event) => {
      if (event.kind === 'waiting' || event.kind === 'turned') said.push(JSON.stringify(event));
    },
  });
  await server.untilSettled();
  // A bounce quotes the canary under a subject of its own.
  const left = new Set(
    caught
      .filter(({ to, subject }) => !isOwn(to) && subject.startsWith('relayproof canary'))
      .map(({ canary }) => canary),
  );
  return {
    audit,
    record,
    exitCode: exitCodeOf(outcomeOf(audit, 'medium')),
    leaked: record.transcripts.filter(({ canary }) => canary !== null && left.has(canary)).map(({ id }) => id),
    relayed: audit.results.flatMap(({ verdict, transcript }) =>
      verdict === 'relayed' && transcript !== null ? [transcript] : [],
    ),
    caught,
    said,
    durationMs: performance.now() - begun,
  };
}

const ASKING: AskingOptions = {
  ownDomain: [OWN_DOMAIN],
  ownUser: OWN_USERS.slice(0, 2).map((user) => `${user}@${OWN_DOMAIN}`),
  vantage: [],
  wait: 2.5,
  scenario: [],
  pace: 'normal',
  confirm: [],
  patience: 60,
  deadlines: DEFAULT_DEADLINES,
};

function isOwn(mailbox: string): boolean {
  const domain = mailbox.slice(mailbox.lastIndexOf('@') + 1).toLowerCase();
  return !mailbox.includes('@') || OWN_NAMES.has(domain) || /^\[127\.[\d.]*\]$/.test(domain);
}
