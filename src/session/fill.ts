import { escaped } from '../smtp/escaped-text.ts';
import { mailboxForm } from '../smtp/mailbox-form.ts';
import type { Outgoing, Step } from '../scenario/dialogue.ts';
import { REST_SIZE } from '../scenario/dialogue.ts';
import { mapChange } from '../scenario/message-change.ts';
import { fillText, referencesIn, type Filled, type Names } from '../scenario/placeholder.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { FilledScript, Script, ScriptOutgoing, ScriptStep } from './script.ts';

type Fillable = Pick<
  Scenario,
  'id' | 'helo' | 'steps' | 'needs' | 'begins' | 'tls' | 'clientCertificate' | 'message' | 'declares'
>;

/** Scenario to Script: puts the names of this audit in, or says which name is missing. */
export function fillScenario(scenario: Fillable, names: Names): FilledScript {
  const failures: Exclude<Filled, { kind: 'filled' }>[] = [];
  const fill = (text: string, known: Names = names): string => {
    const filled = fillText(text, known);
    if (filled.kind === 'filled') return filled.text;
    failures.push(filled);
    return '';
  };
  const inRaw = escapedNames(names);
  const fillOutgoing = (outgoing: Outgoing): ScriptOutgoing => {
    if (outgoing.kind !== 'line' && outgoing.kind !== 'raw') return outgoing;
    const { kind, text } = outgoing;
    const filled = fillLine(text, (part) => fill(part, kind === 'raw' ? inRaw : names));
    return { kind, text: filled, ...(holdsLogin(text) ? { holdsLogin: true } : {}) };
  };
  const fillStep = (step: Step): ScriptStep => ({ send: step.send.map(fillOutgoing), replies: step.replies });
  const { begins, tls, clientCertificate, needs } = scenario;
  const script = {
    scenario: scenario.id,
    helo: scenario.helo === null ? null : fill(scenario.helo),
    steps: scenario.steps.map(fillStep),
    needs,
    begins,
    tls,
    clientCertificate,
    message: scenario.message === null ? null : mapChange(scenario.message, (text) => fill(text)),
    ...authorOf(scenario, names),
  };
  const [failure] = failures;
  return failure ?? { kind: 'filled', script };
}

/** Only a plain mailbox with a domain: a header that breaks RFC 5322 would be rejected for that reason. */
function authorOf({ declares }: Fillable, names: Names): Pick<Script, 'author'> {
  const sender = fillText(declares.sender, names);
  const form = sender.kind === 'filled' ? mailboxForm(sender.text) : null;
  return form?.kind === 'plain' && form.mailbox.includes('@') ? { author: form.mailbox } : {};
}

/** The size of what follows is known only where it is sent. */
function fillLine(text: string, fill: (part: string) => string): string {
  return text.split(REST_SIZE).map(fill).join(REST_SIZE);
}

function holdsLogin(text: string): boolean {
  return referencesIn(text).some(({ name }) => name.startsWith('login-plain'));
}

/** A backslash in a name stands for itself among escapes. */
function escapedNames(names: Names): Names {
  return Object.fromEntries(Object.entries(names).map(([name, value]) => [name, escaped(value)]));
}
