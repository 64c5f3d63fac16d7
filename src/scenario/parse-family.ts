import type { Checked, Problem } from '../document/problem.ts';
import type { DocumentPath, Position } from '../document/document-tree.ts';
import { readDocument } from '../document/read-document.ts';
import { envelopeSteps, parseDialogue, type Step } from './dialogue.ts';
import type { FindingKind } from './finding-kind.ts';
import { isPlaceholder, placeholdersIn, PLACEHOLDERS } from './placeholder.ts';
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
  const { mail, rcpt, dialogue, declares, ...rest } = written;
  checkPlaceholders(written, report);
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
    steps: stepsOf(written, report),
    location,
  };
}

function plainPath(path: string | undefined): string | null {
  return path === undefined ? null : (PLAIN_PATH.exec(path)?.[1] ?? null);
}

function stepsOf({ mail, rcpt, dialogue }: ScenarioText, report: Report): readonly Step[] {
  if (dialogue === undefined) {
    if (mail !== undefined && rcpt !== undefined) return envelopeSteps(mail, rcpt);
    report([], 'needs `mail` and `rcpt`, or a `dialogue`');
    return [];
  }
  if (mail !== undefined || rcpt !== undefined)
    report(['dialogue'], 'stands beside `mail` or `rcpt`: write one or the other');
  const parsed = parseDialogue(dialogue);
  if (parsed.kind === 'ok') return parsed.steps;
  // The text of a block scalar begins on the line below its key.
  for (const problem of parsed.problems) report(['dialogue'], problem.message, problem.line + 1);
  return [];
}

function checkPlaceholders(written: ScenarioText, report: Report): void {
  const known = Object.keys(PLACEHOLDERS).map((name) => `{${name}}`);
  const texts: readonly (readonly [DocumentPath, string | null | undefined])[] = [
    [['mail'], written.mail],
    [['rcpt'], written.rcpt],
    [['dialogue'], written.dialogue?.replaceAll('{message}', '')],
    [['helo'], written.helo],
    [['declares', 'sender'], written.declares.sender],
    [['declares', 'recipient'], written.declares.recipient],
  ];
  for (const [path, text] of texts) {
    for (const name of placeholdersIn(text ?? '')) {
      if (!isPlaceholder(name)) report(path, `unknown placeholder {${name}}; known are ${known.join(' ')}`);
    }
  }
}
