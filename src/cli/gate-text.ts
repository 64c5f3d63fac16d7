import pc from 'picocolors';
import { table } from '../report/layout.ts';
import { visible } from '../report/visible.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { STEP_OUTCOMES, type GateNote, type GateStep } from './gate-step.ts';

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
    code === EXIT.ok
      ? colors.green(colors.bold('The gate is open: nothing new.'))
      : colors.red(colors.bold(verdict(code))),
    '',
  ].join('\n');
}

function verdict(code: ExitCode): string {
  switch (code) {
    case EXIT.findings:
      return 'The gate is shut: something counts (exit code 1).';
    case EXIT.usage:
      return 'The gate is shut: some files are wrong (exit code 2).';
    default:
      return `The gate is shut: it could not be told (exit code ${code}).`;
  }
}

const LEVELS: Readonly<Record<GateNote['level'], string>> = { error: 'error', warning: 'warning', notice: 'notice' };

/** The notes as workflow commands of GitHub: no text can end one or begin another. */
export function gateAnnotations(steps: readonly GateStep[]): string {
  return steps
    .flatMap(({ name, notes }) =>
      notes.map(({ level, place: { file, line }, message }) => {
        const properties = `file=${property(file)},line=${line},title=${property(`relayproof gate: ${name}`)}`;
        return `::${LEVELS[level]} ${properties}::${encoded(visible(message))}\n`;
      }),
    )
    .join('');
}

function encoded(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return encoded(visible(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
