import { setTimeout as pause } from 'node:timers/promises';
import type { Audit } from '../judge/audit.ts';
import { endpointName, judgeAudit, type RunRecord } from '../judge/judge-audit.ts';
import { mergeAudits } from '../judge/merge-audits.ts';
import { outcomeOf, type FailOn } from '../judge/outcome.ts';
import type { RunEvent } from '../probe/audit-run.ts';
import type { PlannedRun } from './request.ts';
import { EXIT, exitCodeOf, worstExitCode, type ExitCode } from '../terminal/exit-code.ts';
import type { Format } from '../report/formats.ts';
import { mustBeFolder } from '../document/files.ts';
import { checkOutputs, codeWithOutputs, readOutputs, writeReports } from '../terminal/outputs.ts';
import { performRun } from './perform.ts';
import { prepareAudit, startCatching, vantagesThatReach, type AskingOptions, type CommonRequest } from './prepare.ts';
import { runListener } from '../terminal/live-progress.ts';
import { RunSaving } from './run-saving.ts';
import { exemptionsFrom, settleFindings } from '../config/settlement.ts';
import type { TargetHost } from '../target/find-targets.ts';
import { limitTime } from './time-limit.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The options of `audit` as the command line has read them. */
export interface AuditCommandOptions extends AskingOptions {
  readonly format: Format;
  readonly json?: true | undefined;
  readonly output: readonly string[];
  readonly save?: string | undefined;
  readonly resume?: string | undefined;
  /** Seconds that the audit of one host may take. */
  readonly deadline?: number | undefined;
  readonly baseline?: string | undefined;
  readonly waivers?: string | undefined;
  readonly failOn: FailOn;
}

/** What of an audit is not asking, and not reporting either. */
export type AuditingOptions = AskingOptions &
  Pick<AuditCommandOptions, 'format' | 'json' | 'save' | 'resume' | 'deadline'>;

export interface AuditedHosts {
  readonly audits: readonly Audit[];
  /** Hosts that could not be resolved, a sentence each. */
  readonly unknown: readonly string[];
  /** What broke in us while one was audited; the others were audited all the same. */
  readonly broken: readonly unknown[];
  /** Runs that could not be saved, a sentence each. */
  readonly unsaved: readonly string[];
}

type Judge = typeof judgeAudit;

/** A catcher whose clients do not let go is left behind. */
const CLOSING_MS = 5000;

export async function runAuditCommand(
  hosts: readonly string[],
  options: AuditCommandOptions,
  terminal: Terminal,
  judge: Judge = judgeAudit,
): Promise<ExitCode> {
  const outputs = readOutputs(options.json === true ? 'json' : options.format, options.output);
  const exemptions = exemptionsFrom(options);
  checkOutputs(outputs);
  if (options.save !== undefined) mustBeFolder(options.save);
  const { audits: found, unknown, broken, unsaved } = await auditHosts(hosts, options, terminal, judge);
  const { audits, notices } = settleFindings(found, exemptions, new Date());
  const failures = writeReports(audits, outputs, options.failOn, terminal);
  for (const line of [...notices, ...unknown]) terminal.say(`relayproof: ${line}`);
  const codes = audits.map((audit) => exitCodeOf(outcomeOf(audit, options.failOn)));
  const code = worstExitCode(unknown.length > 0 ? [...codes, EXIT.couldNotTell] : codes);
  const codeSoFar = codeWithOutputs(code, [...unsaved, ...failures], terminal);
  if (broken.length > 0) throw broken[0];
  return codeSoFar;
}

/** Audits hosts one after the other, and runs the catcher beside that is asked for. @throws UsageError before anything is asked */
export async function auditHosts(
  hosts: readonly string[],
  options: AuditingOptions,
  terminal: Terminal,
  judge: Judge = judgeAudit,
): Promise<AuditedHosts> {
  const catching = await startCatching(options);
  const saving = new RunSaving(options, terminal.say);
  try {
    const { targets, unknown, common } = await prepareAudit(hosts, options, catching.source, terminal);
    saving.begin(targets.flatMap(({ endpoints }) => endpoints));
    const audits: Audit[] = [];
    const broken: unknown[] = [];
    for (const target of targets) {
      if (terminal.signal.aborted) break;
      const found = await auditHost(target, { common, options, terminal, saving, judge });
      audits.push(...found.audits);
      broken.push(...found.broken);
    }
    return { audits, unknown, broken, unsaved: saving.failures };
  } finally {
    saving.end();
    await Promise.race([catching.catcher?.close(), pause(CLOSING_MS, undefined, { ref: false })]);
  }
}

interface HostAudit {
  readonly common: CommonRequest;
  readonly options: AuditingOptions;
  readonly terminal: Terminal;
  readonly saving: RunSaving;
  readonly judge: Judge;
}

/** Audits every endpoint of a host, one after the other, and makes one audit of it: run, save, judge. */
async function auditHost(
  { endpoints }: TargetHost,
  { common, options, terminal, saving, judge }: HostAudit,
): Promise<Pick<AuditedHosts, 'audits' | 'broken'>> {
  const audits: Audit[] = [];
  const broken: unknown[] = [];
  const limit = limitTime(terminal.signal, options.deadline);
  for (const { tls, ...target } of endpoints) {
    if (terminal.signal.aborted) break;
    const where = endpointName(target);
    const title = target.host === target.address ? where : `${target.host} ${where}`;
    const saved = saving.of(target);
    const vantages = vantagesThatReach(target.address, common.vantages);
    // A format that is not for people is not waited for by people.
    const isRead = options.json !== true && options.format === 'text';
    const listener = runListener(terminal, title, common.catalogue, isRead);
    const request = {
      ...common,
      signal: limit.signal,
      vantages,
      tls,
      target,
      previous: saved.previous,
      onPlanned: (planned: PlannedRun) => {
        saved.planned(planned);
        listener.onPlanned(planned);
      },
      onEvent: (event: RunEvent) => {
        saved.take(event);
        listener.onEvent(event);
      },
    };
    try {
      const record = await performRun(request).finally(() => listener.end());
      saving.keep(record);
      audits.push(judgeKept(record, common, judge, saving));
    } catch (error) {
      broken.push(error);
    }
  }
  limit.end();
  const [first, ...others] = audits;
  return { audits: first === undefined ? [] : [mergeAudits([first, ...others])], broken };
}

/** A judge that breaks loses nothing: the run is kept, and the place is said. */
function judgeKept(record: RunRecord, { catalogue, policy }: CommonRequest, judge: Judge, saving: RunSaving): Audit {
  try {
    return judge(record, catalogue, policy);
  } catch (error) {
    saving.keepBroken(record);
    throw error;
  }
}
