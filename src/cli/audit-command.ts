import type { Audit } from '../judge/audit.ts';
import { endpointName } from '../judge/judge-audit.ts';
import { mergeAudits } from '../judge/merge-audits.ts';
import { outcomeOf, type FailOn } from '../report/outcome.ts';
import { EXIT, exitCodeOf, worstExitCode, type ExitCode } from './exit-code.ts';
import type { Format } from './formats.ts';
import { mustBeFolder } from './files.ts';
import { checkOutputs, codeWithOutputs, readOutputs, writeReports } from './outputs.ts';
import { performAudit } from './perform-audit.ts';
import {
  prepareAudit,
  startCatching,
  vantagesThatReach,
  type AskingOptions,
  type CommonRequest,
} from './prepare-audit.ts';
import { runListener } from './live-progress.ts';
import { loadRun, saveRun } from './saved-run.ts';
import { exemptionsFrom, settleFindings } from './settlement.ts';
import type { TargetHost } from './targets.ts';
import type { Terminal } from './terminal.ts';

/** The options of `audit` as the command line has read them. */
export interface AuditCommandOptions extends AskingOptions {
  readonly format: Format;
  readonly json?: true | undefined;
  readonly output: readonly string[];
  readonly save?: string | undefined;
  readonly resume?: string | undefined;
  readonly baseline?: string | undefined;
  readonly waivers?: string | undefined;
  readonly failOn: FailOn;
}

/** What of an audit is not asking, and not reporting either. */
export type AuditingOptions = AskingOptions & Pick<AuditCommandOptions, 'format' | 'json' | 'save' | 'resume'>;

export interface AuditedHosts {
  readonly audits: readonly Audit[];
  /** Hosts that could not be resolved, a sentence each. */
  readonly unknown: readonly string[];
}

export async function runAuditCommand(
  hosts: readonly string[],
  options: AuditCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const outputs = readOutputs(options.json === true ? 'json' : options.format, options.output);
  const exemptions = exemptionsFrom(options);
  checkOutputs(outputs);
  if (options.save !== undefined) mustBeFolder(options.save);
  const { audits: found, unknown } = await auditHosts(hosts, options, terminal);
  const { audits, notices } = settleFindings(found, exemptions, new Date());
  const failures = writeReports(audits, outputs, options.failOn, terminal);
  for (const line of [...notices, ...unknown]) terminal.say(`relayproof: ${line}`);
  const codes = audits.map((audit) => exitCodeOf(outcomeOf(audit, options.failOn)));
  const code = worstExitCode(unknown.length > 0 ? [...codes, EXIT.couldNotTell] : codes);
  return codeWithOutputs(code, failures, terminal);
}

/** Audits hosts one after the other, and runs the catcher beside that is asked for. @throws UsageError */
export async function auditHosts(
  hosts: readonly string[],
  options: AuditingOptions,
  terminal: Terminal,
): Promise<AuditedHosts> {
  const catching = await startCatching(options);
  try {
    const { targets, unknown, common } = await prepareAudit(hosts, options, catching.source, terminal);
    const audits: Audit[] = [];
    for (const target of targets) {
      if (terminal.signal.aborted) break;
      audits.push(await auditHost(target, common, options, terminal));
    }
    return { audits, unknown };
  } finally {
    await catching.catcher?.close();
  }
}

/** Audits every endpoint of a host, one after the other, and makes one audit of it. */
async function auditHost(
  { endpoints }: TargetHost,
  common: CommonRequest,
  options: AuditingOptions,
  terminal: Terminal,
): Promise<Audit> {
  const audits: Audit[] = [];
  for (const { tls, ...target } of endpoints) {
    if (terminal.signal.aborted) break;
    const where = endpointName(target);
    const title = target.host === target.address ? where : `${target.host} ${where}`;
    const previous = options.resume === undefined ? null : loadRun(options.resume, target);
    const vantages = vantagesThatReach(target.address, common.vantages);
    // A format that is not for people is not waited for by people.
    const isRead = options.json !== true && options.format === 'text';
    const listener = runListener(terminal, title, common.catalogue, isRead);
    const { onPlanned, onEvent } = listener;
    const request = { ...common, vantages, tls, target, previous, onPlanned, onEvent };
    const { audit, record } = await performAudit(request).finally(() => listener.end());
    if (options.save !== undefined) saveRun(options.save, record);
    audits.push(audit);
  }
  const [first, ...others] = audits;
  if (first === undefined) throw new Error('a host without an endpoint');
  return mergeAudits([first, ...others]);
}
