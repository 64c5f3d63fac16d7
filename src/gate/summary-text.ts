import pc from 'picocolors';
import { table } from '../report/layout.ts';
import { code as inCode, prose, tableRow } from '../report/markdown-text.ts';
import { workflowCommand } from '../report/workflow-command.ts';
import { EXIT, type ExitCode } from '../terminal/exit-code.ts';
import { STEP_OUTCOMES, type GateStep } from './step.ts';
import { visible } from '../document/visible.ts';

/** The one summary at the end: what is to be looked at, file and line first, then a line for each step. */
export function gateText(steps: readonly GateStep[], code: ExitCode, color: boolean): string {
  const colors = pc.createColors(color);
  const tones = {
    passed: colors.green,
    failed: colors.red,
    'could-not-tell': colors.yellow,
    broken: colors.red,
    skipped: colors.dim,
  };
  const paint = { error: colors.red, warning: colors.yellow, notice: colors.dim };
  const notes = steps.flatMap((step) => step.notes);
  return [
    ...notes.map(
      ({ level, place: { file, line }, message }) =>
        visible(`${file}:${line}: `) + paint[level](level) + visible(`: ${message}`),
    ),
    ...(notes.length > 0 ? [''] : []),
    ...table(
      steps.map(({ name, outcome, summary }) => [STEP_OUTCOMES[outcome].word, visible(name), visible(summary)]),
    ).map((row, index) => {
      const outcome = steps[index]?.outcome ?? 'skipped';
      const { word } = STEP_OUTCOMES[outcome];
      return tones[outcome](word) + row.slice(word.length);
    }),
    '',
    (code === EXIT.ok ? colors.green : colors.red)(colors.bold(verdict(code))),
    '',
  ].join('\n');
}

function verdict(code: ExitCode): string {
  switch (code) {
    case EXIT.ok:
      return 'The gate is open: nothing new.';
    case EXIT.findings:
      return 'The gate is shut: something counts (exit code 1).';
    case EXIT.usage:
      return 'The gate is shut: some files are wrong (exit code 2).';
    default:
      return `The gate is shut: it could not be told (exit code ${code}).`;
  }
}

/** The notes as workflow commands of GitHub, a line each. */
export function gateAnnotations(steps: readonly GateStep[]): string {
  return steps
    .flatMap(({ name, notes }) =>
      notes.map(
        ({ level, place, message }) => `${workflowCommand(level, place, `relayproof gate: ${name}`, [message])}\n`,
      ),
    )
    .join('');
}

/** What the gate came to as Markdown, for the head of a step summary or a comment. */
export function gateMarkdown(steps: readonly GateStep[], code: ExitCode): string {
  const notes = steps.flatMap((step) => step.notes);
  return [
    `## ${verdict(code)}`,
    '',
    tableRow(['', 'part', 'what it came to']),
    tableRow(['---', '---', '---']),
    ...steps.map(({ name, outcome, summary }) =>
      tableRow([prose(STEP_OUTCOMES[outcome].word), prose(visible(name)), prose(visible(summary))]),
    ),
    '',
    ...notes.map(
      ({ level, place: { file, line }, message }) =>
        `- ${level} ${inCode(visible(`${file}:${line}`))}: ${prose(visible(message))}`,
    ),
    ...(notes.length > 0 ? [''] : []),
  ].join('\n');
}
