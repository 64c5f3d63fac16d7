import type { Outgoing, Step } from '../scenario/dialogue.ts';
import { fillText, type Names, type Placeholder } from '../scenario/placeholder.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { FilledScript, ScriptOutgoing, ScriptStep } from './script.ts';

/** Scenario to Script: puts the names of this audit in, or says which name is missing. */
export function fillScenario(scenario: Pick<Scenario, 'id' | 'helo' | 'steps' | 'needs'>, names: Names): FilledScript {
  const missing: Placeholder[] = [];
  const fill = (text: string): string => {
    const filled = fillText(text, names);
    if (filled.kind === 'filled') return filled.text;
    missing.push(filled.placeholder);
    return '';
  };
  const fillOutgoing = (outgoing: Outgoing): ScriptOutgoing =>
    outgoing.kind === 'line' ? { kind: 'line', text: fill(outgoing.text) } : outgoing;
  const fillStep = (step: Step): ScriptStep => ({ send: step.send.map(fillOutgoing), replies: step.replies });
  const script = {
    scenario: scenario.id,
    helo: scenario.helo === null ? null : fill(scenario.helo),
    steps: scenario.steps.map(fillStep),
    needs: scenario.needs,
  };
  const [first] = missing;
  return first === undefined ? { kind: 'filled', script } : { kind: 'missing', placeholder: first };
}
