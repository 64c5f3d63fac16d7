import type { Checked, Problem } from '../document/problem.ts';
import type { DocumentPath, Position } from '../document/document-tree.ts';
import { readDocument } from '../document/read-document.ts';
import { escapeFault, repeatFault } from '../smtp/escaped-text.ts';
import { MESSAGE_WORDS, parseDialogue, REST_SIZE, type Step } from './dialogue.ts';
import { envelopeSteps, falseEndSteps } from './envelope-steps.ts';
import type { FindingKind } from './finding-kind.ts';
import { textsOfChange } from './message-change.ts';
import { referenceFault, referencesIn } from './placeholder.ts';
import { familySchema, type ScenarioText } from './scenario-schema.ts';
import type { Family, Scenario } from './scenario.ts';

const PLAIN_PATH = /^<([^<>]*)>$/;

/** Reads a file of `scenarios/`; every problem is reported, each with its line and column. */
export function parseFamily(text: string, file: string): Checked<Family> {
  const read = readDocument(text, file, familySchema);
  if (read.kind === 'invalid') return read;
  const { value, positionOf } = read.value;
  const problems: Problem[] = [];
  const scenarios = value.scenarios.map((written, index): Scenario => {
    const at = (path: DocumentPath): Position => positionOf(['scenarios', index, ...path]);
    const report = (path: DocumentPath, message: string, lineOffset = 0): void => {
      const { line, column } = at(path);
      problems.push({ file, line: line + lineOffset, column, message });
    };
    return toScenario(written, value, { file, line: at(['id']).line }, report);
  });
  return problems.length > 0
    ? { kind: 'invalid', problems }
    : { kind: 'ok', value: { name: value.family, title: value.title, about: value.about, scenarios } };
}

type Report = (path: DocumentPath, message: string, lineOffset?: number) => void;

function toScenario(
  written: ScenarioText,
  family: { readonly family: string; readonly finds: FindingKind },
  location: Scenario['location'],
  report: Report,
): Scenario {
  const { mail, rcpt, dialogue, endOfData: _, declares, message, ...rest } = written;
  checkTexts(written, report);
  const sender = declares.sender ?? plainPath(mail);
  if (sender === null) report(['declares'], 'needs `sender`: `mail` is no plain path that would tell it');
  return {
    ...rest,
    family: family.family,
    finds: written.finds ?? family.finds,
    declares: {
      ...declares,
      sender: sender ?? '',
      recipient: declares.recipient ?? (declares.form === 'plain' ? plainPath(rcpt) : null),
    },
    message: message ?? null,
    steps: stepsOf(written, report),
    location,
  };
}

function plainPath(path: string | undefined): string | null {
  return path === undefined ? null : (PLAIN_PATH.exec(path)?.[1] ?? null);
}

function stepsOf(written: ScenarioText, report: Report): readonly Step[] {
  const { mail, rcpt, dialogue, endOfData } = written;
  if (dialogue === undefined) {
    if (mail === undefined || rcpt === undefined) report([], 'needs `mail` and `rcpt`, or a `dialogue`');
    return endOfData === undefined
      ? envelopeSteps(mail ?? '', rcpt ?? '')
      : falseEndSteps(mail ?? '', rcpt ?? '', endOfData);
  }
  if (mail !== undefined || rcpt !== undefined || endOfData !== undefined)
    report(['dialogue'], 'stands beside `mail`, `rcpt` or `endOfData`: write one or the other');
  const parsed = parseDialogue(dialogue, written.begins === 'connected');
  if (parsed.kind === 'ok') return parsed.steps;
  // The text of a block scalar begins on the line below its key.
  for (const problem of parsed.problems) report(['dialogue'], problem.message, problem.line + 1);
  return [];
}

function checkTexts(written: ScenarioText, report: Report): void {
  const words = [...Object.keys(MESSAGE_WORDS), REST_SIZE];
  const dialogue = words.reduce((text, word) => text.replaceAll(word, ''), written.dialogue ?? '');
  const message = written.message === undefined ? [] : textsOfChange(written.message);
  const texts: readonly (readonly [DocumentPath, string | null | undefined])[] = [
    [['mail'], written.mail],
    [['rcpt'], written.rcpt],
    [['dialogue'], dialogue],
    [['helo'], written.helo],
    [['message'], message.join('\n')],
    [['declares', 'sender'], written.declares.sender],
    [['declares', 'recipient'], written.declares.recipient],
  ];
  for (const [path, text] of texts) {
    for (const fault of referencesIn(text ?? '').map(referenceFault)) if (fault !== null) report(path, fault);
  }
  for (const path of ['mail', 'rcpt', 'message'] as const) {
    const fault = repeatFault(path === 'message' ? message.join('') : (written[path] ?? ''));
    if (fault !== null) report([path], fault);
  }
  const fault = written.endOfData === undefined ? null : escapeFault(written.endOfData);
  if (fault !== null) report(['endOfData'], fault);
}
