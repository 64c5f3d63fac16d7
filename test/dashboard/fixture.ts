import {
  cellKey,
  type AuditView,
  type CellView,
  type ColumnView,
  type FamilyView,
} from '../../src/dashboard/audit-view.ts';
import { reduce, type Action } from '../../src/dashboard/action.ts';
import type { TimedEvent } from '../../src/terminal/run-progress.ts';
import { replyOf, transcriptOf } from '../support/transcripts.ts';
import { initialState, type DashboardState } from '../../src/dashboard/state.ts';

export const ENDPOINT = '127.0.0.1:2525';

function family(name: string, title: string, about: string, ids: readonly (readonly [string, string])[]): FamilyView {
  return {
    name,
    title,
    about,
    scenarios: ids.map(([id, text]) => ({
      id,
      title: text,
      why: `${text}: a rule that looks at the wrong thing lets it through, and a block list finds it within hours.`,
      source: 'a scanner of old',
      severity: name === 'control' ? 'low' : 'critical',
      asks: 'relay: mail from somebody elsewhere to somebody elsewhere',
    })),
  };
}

export const CATALOGUE: readonly FamilyView[] = [
  family('control', 'Controls', 'Sessions whose right answer is known beforehand.', [
    ['inbound', 'A stranger writes to a user'],
    ['unknown-mailbox', 'A stranger writes to nobody'],
  ]),
  family('third-party-relay', 'Third-party relay', 'A stranger sends to a stranger.', [
    ['third-party', 'A stranger writes to a stranger'],
    ['third-party-null-sender', 'A delivery report for a stranger'],
    ['third-party-localhost-root', 'root of localhost writes to a stranger'],
  ]),
  family('spoofed-domain', 'Spoofed own domain', 'A stranger poses as somebody of the own domain.', [
    ['spoof-own-user', 'A stranger poses as an existing user and writes out'],
    ['spoof-subdomain', 'A sender in a subdomain writes out'],
  ]),
];

export const COLUMNS: readonly ColumnView[] = [
  { endpoint: ENDPOINT, vantage: 'proxy=198.51.100.7', login: null, label: 'proxy=198.51.100.7' },
  { endpoint: ENDPOINT, vantage: 'proxy=10.0.0.10', login: null, label: 'proxy=10.0.0.10' },
  { endpoint: ENDPOINT, vantage: 'proxy=198.51.100.7', login: 'alice', label: 'proxy=198.51.100.7 as alice' },
];

export function cell(changes: Partial<CellView> = {}): CellView {
  return {
    session: null,
    verdict: 'refused',
    agrees: true,
    expected: 'refuse (by policy: restrictRelay.toListedIps)',
    stage: 'rcpt',
    reply: '550 5.7.1 Relaying denied',
    reason: 'relaying refused at RCPT: 550 5.7.1 Relaying denied',
    ms: 12,
    ...changes,
  };
}

export const OPEN_CELL = cell({
  verdict: 'relayed',
  agrees: false,
  stage: 'end-of-data',
  reply: '250 2.0.0 Ok: queued',
  reason: 'the canary came out for <relayproof@example.net>, delivered by 127.0.0.1',
});

/** An audit in which everything was refused as it should, but for the cells that are named: scenario and column. */
export function auditView(
  others: readonly (readonly [string, number, CellView | null])[] = [],
  changes: Partial<AuditView> = {},
): AuditView {
  const cells = new Map<string, CellView>();
  for (const { scenarios } of CATALOGUE)
    for (const { id } of scenarios) for (const column of COLUMNS) cells.set(cellKey(id, column), cell());
  for (const [scenario, index, other] of others) {
    const column = columnAt(index);
    if (other === null) cells.delete(cellKey(scenario, column));
    else cells.set(cellKey(scenario, column), other);
  }
  return {
    software: 'Postfix',
    banner: 'mail.example.com ESMTP Postfix',
    policy: 'sha256:4daf7497d0d4aa00',
    columns: COLUMNS,
    cells,
    findings: [],
    controls: COLUMNS.map(({ label }) => ({ label, scenario: 'inbound', valid: true, reason: 'accepted at RCPT' })),
    bans: [],
    outcome: { kind: 'closed', reasons: [] },
    ...changes,
  };
}

export const OPEN_AUDIT = auditView([['spoof-own-user', 0, OPEN_CELL]], {
  outcome: { kind: 'open', reasons: [] },
  findings: [
    {
      scenario: 'spoof-own-user',
      severity: 'critical',
      confidence: 'high',
      title: 'Lets strangers send as its own domain: A stranger poses as an existing user and writes out',
      from: ['proxy=198.51.100.7'],
      also: ['spoof-subdomain'],
      remedy: 'Never take a sender address as permission. Ask for a login, or a listed client address.',
      fingerprint: 'f00d',
    },
  ],
});

export function columnAt(index: number): ColumnView {
  const column = COLUMNS[index];
  if (column === undefined) throw new Error(`no column ${index}`);
  return column;
}

/** Events of one session, with its dialogue. */
export function sessionEvents(scenario: string, index: number, atMs: number, ended = true): readonly TimedEvent[] {
  const { vantage, login, endpoint } = columnAt(index);
  const probe = {
    id: cellKey(scenario, columnAt(index)).slice(endpoint.length + 1),
    script: { scenario, helo: 'client.example.org', steps: [], needs: [] },
    vantage: { kind: 'proxy', address: vantage.slice('proxy='.length), version: 1 },
    login,
  } as const;
  const turns = [
    { kind: 'note', at: 0, text: 'connected to 127.0.0.1 port 2525' },
    { kind: 'received', at: 2, stage: 'banner', reply: replyOf(220, 'mail.example.com ESMTP Postfix') },
    { kind: 'sent', at: 2, stage: 'mail', text: 'MAIL FROM:<stranger@example.org>' },
    { kind: 'received', at: 4, stage: 'mail', reply: replyOf(250, '2.1.0 Ok') },
    { kind: 'sent', at: 4, stage: 'rcpt', text: 'RCPT TO:<relayproof@example.net>' },
    { kind: 'received', at: 9, stage: 'rcpt', reply: replyOf(554, '5.7.1 Relay access denied') },
  ] as const;
  const transcript = transcriptOf({ id: probe.id, scenario, vantage, login, turns, durationMs: 12 });
  const at = (event: TimedEvent['event']): TimedEvent => ({ endpoint, atMs, event });
  return [
    at({ kind: 'session-started', probe }),
    ...turns.map((turn) => at({ kind: 'turn', probe, turn })),
    ...(ended ? [at({ kind: 'session-ended', probe, transcript })] : []),
  ];
}

export function started(columns = 120, rows = 40): DashboardState {
  return initialState({
    target: { host: 'mail.example.com', endpoints: [ENDPOINT] },
    catalogue: CATALOGUE,
    size: { columns, rows },
    nowMs: 0,
    watched: 0,
    exportTo: 'json=reports/local/mail.example.com.json',
  });
}

export function after(state: DashboardState, ...actions: readonly Action[]): DashboardState {
  return actions.reduce(reduce, state);
}

/** A run that is half done: two sessions ended, one runs. */
export function halfway(columns = 120, rows = 40): DashboardState {
  return after(
    started(columns, rows),
    { kind: 'run-began', nowMs: 0, whole: true },
    { kind: 'phase', phase: { kind: 'running', words: '' } },
    {
      kind: 'events',
      events: [
        { endpoint: ENDPOINT, atMs: 0, event: { kind: 'run-started', sessions: 21, longestMs: 0 } },
        ...sessionEvents('inbound', 0, 400),
        ...sessionEvents('spoof-own-user', 0, 900),
        ...sessionEvents('third-party', 1, 1000, false),
      ],
    },
    {
      kind: 'judged',
      audit: {
        ...OPEN_AUDIT,
        cells: new Map([
          [cellKey('inbound', columnAt(0)), cell({ verdict: 'accepted', expected: 'accept (by policy)' })],
          [cellKey('spoof-own-user', columnAt(0)), OPEN_CELL],
        ]),
      },
    },
    { kind: 'tick', nowMs: 2000 },
  );
}

/** Two runs to their end: the first closed, the second open. */
export function finishedTwice(columns = 120, rows = 40): DashboardState {
  return after(
    started(columns, rows),
    { kind: 'run-began', nowMs: 0, whole: true },
    { kind: 'events', events: sessionEvents('spoof-own-user', 0, 10) },
    { kind: 'run-finished', audit: auditView(), run: { at: '12:00:00', why: 'start' } },
    { kind: 'run-began', nowMs: 60_000, whole: true },
    { kind: 'events', events: sessionEvents('spoof-own-user', 0, 60_010) },
    { kind: 'run-finished', audit: OPEN_AUDIT, run: { at: '12:01:00', why: 'main.cf changed' } },
  );
}
