import type { Checked } from '../document/problem.ts';
import { readDocument } from '../document/read-document.ts';
import { splitWords } from '../document/words.ts';
import { policySchema } from './policy-schema.ts';
import { policyFromSettings } from './policy.ts';
import type { Policy } from './policy.ts';

function entriesOf(list: string | readonly string[]): readonly string[] {
  return typeof list === 'string' ? splitWords(list) : list;
}

/** Reads a policy, YAML or JSON. `file` is the name that problems carry. */
export function parsePolicy(text: string, file: string): Checked<Policy> {
  const read = readDocument(text, file, policySchema);
  if (read.kind === 'invalid') return read;
  const { value } = read.value;
  return {
    kind: 'ok',
    value: policyFromSettings({
      ...value,
      allowRelayFrom: entriesOf(value.allowRelayFrom),
      disallowRelayFrom: entriesOf(value.disallowRelayFrom),
    }),
  };
}
