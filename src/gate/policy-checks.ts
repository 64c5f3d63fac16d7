import { diffPolicies, type Change } from '../policy/diff.ts';
import { explainPolicy } from '../policy/explain.ts';
import { changeLines } from '../policy/explain-text.ts';
import { parsePolicy } from '../policy/parse-policy.ts';
import type { Policy } from '../policy/policy.ts';
import type { Catalogue } from '../scenario/scenario.ts';
import type { FileLine } from '../config/config-file.ts';
import type { GateNote, GateStep } from './step.ts';
import { baseRevision, fileAt } from './git.ts';
import { placesInPolicy } from '../config/policy-places.ts';
import { progressListener } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { VERIFY_CONNECTIONS, verifyPolicy } from '../selftest/verify-policy.ts';
import { dirname } from 'node:path';

/** Disagreements and entries shown at most. */
const KEPT = 10;

/** Whether the policy itself makes an open relay, and what in it is probably not meant. */
export function checkPolicy(file: string, policy: Policy, counts: boolean): GateStep {
  const { reasons, closing, lints } = explainPolicy(policy);
  const place = placesInPolicy(file);
  const [cure] = closing;
  const notes: readonly GateNote[] = [
    ...reasons.map(({ setting, text, witness }): GateNote => ({
      level: counts ? 'error' : 'warning',
      place: place(setting),
      message: `open relay: ${text}; it accepts MAIL FROM:<${witness.from}> RCPT TO:<${witness.to}> from ${witness.ip}${cure === undefined ? '' : `. ${cure.text}`}`,
    })),
    ...lints.map(({ setting, text, entries }): GateNote => ({
      level: 'warning',
      place: place(setting, entries?.[0]),
      message: `${setting} ${text}${entries === undefined ? '' : `: ${entries.slice(0, KEPT).join(', ')}`}`,
    })),
  ];
  const open = reasons.length > 0;
  return {
    name: 'policy',
    outcome: open && counts ? 'failed' : 'passed',
    summary: `${file}: ${open ? 'an open relay' : 'no open relay'}${lints.length === 0 ? '' : `, ${lints.length} worth a second look`}`,
    notes,
  };
}

export interface ChangeRequest {
  /** The revision that was named, or null for the usual one. */
  readonly base: string | null;
  /** Kinds of mail that may be opened. */
  readonly allowed: readonly string[];
  readonly counts: boolean;
}

/** What the change of the policy since the base revision opens and closes, by its meaning. */
export function checkChange(file: string, policy: Policy, { base, allowed, counts }: ChangeRequest): GateStep {
  const name = 'change';
  const skipped = (summary: string): GateStep => ({
    name,
    outcome: 'skipped',
    summary,
    notes: [{ level: 'notice', place: { file, line: 1 }, message: summary }],
  });
  const revision = base ?? baseRevision(dirname(file));
  if (revision === null) return skipped('there is no earlier revision to compare the policy with (--base names one)');
  const older = fileAt(revision, file);
  if (older.kind === 'no-revision') return skipped(`the repository knows no revision ${revision}`);
  if (older.kind === 'new') return skipped(`the policy is new since ${revision}`);
  const parsed = parsePolicy(older.text, file);
  if (parsed.kind === 'invalid') return skipped(`the policy at ${older.revision} was not valid`);
  const { opens, closes } = diffPolicies(parsed.value, policy);
  const isAllowed = ({ flow }: Change): boolean => allowed.includes(flow);
  const bad = opens.filter((change) => !isAllowed(change));
  const place = placesInPolicy(file);
  return {
    name,
    outcome: bad.length > 0 && counts ? 'failed' : 'passed',
    summary: `since ${older.revision}: ${plural(opens.length, 'opening')}, ${plural(closes.length, 'closing')}`,
    notes: [
      ...opens.map((change) =>
        changeNote(isAllowed(change) ? 'notice' : counts ? 'error' : 'warning', 'OPENS', change, place),
      ),
      ...closes.map((change) => changeNote('notice', 'closes', change, place)),
    ],
  };
}

function changeNote(
  level: GateNote['level'],
  verb: string,
  change: Change,
  place: (setting: string) => FileLine,
): GateNote {
  const [setting = ''] = change.because;
  const message = changeLines(verb, change)
    .map((line) => line.trim())
    .join(', ');
  return { level, place: place(setting), message };
}

/** Whether the guard does under the policy what the policy says, scenario by scenario. */
export async function checkGuard(
  file: string,
  policy: Policy,
  catalogue: Catalogue,
  terminal: Terminal,
): Promise<GateStep> {
  const { audit, found } = await verifyPolicy(file, policy, {
    catalogue,
    connections: VERIFY_CONNECTIONS,
    signal: terminal.signal,
    onEvent: progressListener(terminal, `verifying ${file}`),
  });
  const sessions = audit.results.filter(({ verdict }) => verdict !== 'skipped').length;
  return {
    name: 'verify',
    outcome: found.length > 0 ? 'failed' : audit.interrupted ? 'could-not-tell' : 'passed',
    summary: `${plural(sessions, 'session')} with a guard under the policy, ${plural(found.length, 'disagreement')}`,
    notes: found.slice(0, KEPT).map(({ scenario, vantage, message }) => ({
      level: 'error',
      place: { file, line: 1 },
      message: `${scenario} from ${vantage}: ${message}`,
    })),
  };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
