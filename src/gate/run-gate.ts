import type { Audit } from '../judge/audit.ts';
import type { FailOn } from '../judge/outcome.ts';
import { configFrom, type Config, type FileLine } from '../config/config-file.ts';
import { EXIT, type ExitCode } from '../terminal/exit-code.ts';
import { mustBeWritable } from '../document/files.ts';
import { FORMATS, readingInFile, renderAll } from '../report/formats.ts';
import { auditServer, auditTargets, stepOf, type AuditedPart } from './audited-parts.ts';
import { checkChange, checkGuard, checkPolicy } from './policy-checks.ts';
import { gateExitCode, type GateStep } from './step.ts';
import { gateAnnotations, gateMarkdown, gateText } from './summary-text.ts';
import { selectScenarios } from '../config/select-scenarios.ts';
import { codeWithOutputs, readOutputs, writeFiles } from '../terminal/outputs.ts';
import { auditFrom } from '../config/saved-audit.ts';
import { settleFindings } from '../config/settlement.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../document/usage-error.ts';
import { catalogueFrom, policyFrom } from '../config/inputs.ts';

export interface GateOptions {
  readonly config?: string | undefined;
  readonly base?: string | undefined;
  readonly allowOpening: readonly string[];
  readonly failOn?: FailOn | undefined;
  readonly baseline?: string | undefined;
  readonly output: readonly string[];
  readonly format: 'text' | 'json' | 'github';
}

/** Does all that the configuration asks for, in the order in which it gets slower. @throws UsageError before anything is sent */
export async function runGate(options: GateOptions, terminal: Terminal): Promise<ExitCode> {
  const config = configFrom(options.config, '.');
  const { settings, pathOf } = config;
  const failOn = options.failOn ?? settings.failOn;
  const baselineFile = options.baseline ?? (settings.baseline === undefined ? undefined : pathOf(settings.baseline));
  const baseline = baselineFile === undefined ? [] : auditFrom(baselineFile);
  const beside = outputsOf(config, options);
  mustBeWritable(beside.map(([, file]) => file));
  const policySteps = await checkPolicies(config, options, failOn, terminal);
  const parts = await auditParts(config, terminal);
  const settled = settleFindings(
    parts.flatMap((part) => part.audits),
    { baseline, waivers: settings.waivers },
    new Date(),
  );
  const steps = [...policySteps, ...partSteps(parts, settled.audits, failOn), ...waiverSteps(config, settled.notices)];
  const code = gateExitCode(steps);
  terminal.out(printed(options.format, steps, settled.audits, code, terminal));
  const failures = writeOutputs(beside, { steps, code, audits: settled.audits, parts, failOn });
  return codeWithOutputs(code, failures, terminal);
}

function outputsOf({ settings, pathOf }: Config, { output }: GateOptions): readonly (readonly [string, string])[] {
  const { file, beside } = readOutputs('text', output);
  if (file !== null) throw new UsageError([`--output ${file}: write FORMAT=FILE, the summary is always printed`]);
  return [
    ...Object.entries(settings.outputs).flatMap(([format, named]) =>
      named === undefined ? [] : [[format, pathOf(named)] as const],
    ),
    ...beside.map((one) => [one.format, one.file] as const),
  ];
}

async function checkPolicies(
  { settings, pathOf }: Config,
  options: GateOptions,
  failOn: FailOn,
  terminal: Terminal,
): Promise<readonly GateStep[]> {
  const { targets, servers, scenarios } = settings;
  if (settings.policy === undefined) {
    if (targets.length + servers.length === 0)
      throw new UsageError(['nothing to do: the configuration names no `policy`, no `targets` and no `servers`']);
    return [];
  }
  const file = pathOf(settings.policy);
  const policy = policyFrom(file);
  const catalogue = selectScenarios(catalogueFrom(undefined), scenarios);
  const counts = failOn !== 'never';
  const allowed = [...settings.allowOpening, ...options.allowOpening];
  const base = options.base ?? settings.base ?? null;
  return [
    checkPolicy(file, policy, counts),
    checkChange(file, policy, { base, allowed, counts }),
    ...(settings.verify ? [await checkGuard(file, policy, catalogue, terminal)] : []),
  ];
}

async function auditParts(config: Config, terminal: Terminal): Promise<readonly AuditedPart[]> {
  const { targets, servers } = config.settings;
  const parts: AuditedPart[] = [];
  if (targets.length > 0 && !terminal.signal.aborted) parts.push(await auditTargets(config, terminal));
  for (const [index, server] of servers.entries()) {
    if (terminal.signal.aborted) break;
    parts.push(await auditServer(config, index, server, terminal));
  }
  return parts;
}

/** The settled audits are those of the parts, in their order. */
function partSteps(parts: readonly AuditedPart[], settled: readonly Audit[], failOn: FailOn): readonly GateStep[] {
  let begin = 0;
  return parts.map((part) => {
    const own = settled.slice(begin, begin + part.audits.length);
    begin += part.audits.length;
    return stepOf(part, own, failOn);
  });
}

function waiverSteps({ placeOf, settings }: Config, notices: readonly string[]): readonly GateStep[] {
  if (settings.waivers.length === 0) return [];
  const place = placeOf(['waivers']);
  return [
    {
      name: 'waivers',
      outcome: 'passed',
      summary: `${settings.waivers.length} waivers, ${notices.length} to look after`,
      notes: notices.map((message) => ({ level: 'warning', place, message })),
    },
  ];
}

interface Outcome {
  readonly steps: readonly GateStep[];
  readonly code: ExitCode;
  readonly audits: readonly Audit[];
  readonly parts: readonly AuditedPart[];
  readonly failOn: FailOn;
}

function writeOutputs(
  beside: readonly (readonly [string, string])[],
  { steps, code, audits, parts, failOn }: Outcome,
): readonly string[] {
  const locations = new Map<string, FileLine>(parts.flatMap(({ places }) => [...places]));
  const [part] = parts;
  const reading = { ...readingInFile(failOn, part?.place), locations };
  return writeFiles(
    beside.flatMap(([format, file]) => {
      const known = FORMATS.find((one) => one === format);
      if (known === undefined) return [];
      const head = known === 'markdown' ? `${gateMarkdown(steps, code)}\n` : '';
      return [[file, () => head + renderAll(known, audits, reading)] as const];
    }),
  );
}

function printed(
  format: GateOptions['format'],
  steps: readonly GateStep[],
  audits: readonly Audit[],
  code: ExitCode,
  terminal: Terminal,
): string {
  if (format === 'json')
    return `${JSON.stringify({ exitCode: code, passed: code === EXIT.ok, steps, audits }, null, 2)}\n`;
  return `${format === 'github' ? gateAnnotations(steps) : ''}${gateText(steps, code, terminal.color)}`;
}
