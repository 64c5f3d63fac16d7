import { readDocument, type DocumentPath } from '../document/read-document.ts';
import { policySchema } from '../policy/policy-schema.ts';
import type { FileLine } from './config-file.ts';
import { textFrom } from '../document/files.ts';

/** Says of settings of a policy file (`restrictRelay.toListedIps`) where they stand; one that is not written stands at the file's first line. */
export function placesInPolicy(file: string): (setting: string, entry?: string) => FileLine {
  const read = readDocument(textFrom(file), file, policySchema);
  return (setting, entry) => {
    if (read.kind === 'invalid') return { file, line: 1 };
    const { positionOf, value } = read.value;
    const path: DocumentPath = setting.split('.');
    const list: unknown = Object.entries(value).find(([key]) => key === setting)?.[1];
    const index = Array.isArray(list) && entry !== undefined ? list.indexOf(entry) : -1;
    return { file, line: positionOf(index === -1 ? path : [...path, index]).line };
  };
}
