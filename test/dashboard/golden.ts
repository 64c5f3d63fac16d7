import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

const GOLDENS = new URL('goldens/', import.meta.url);

/** Compares with the golden of that name; `UPDATE=1` writes it anew. */
export function expectGolden(name: string, text: string): void {
  const file = new URL(`${name}.txt`, GOLDENS);
  if (process.env['UPDATE'] === '1') {
    mkdirSync(GOLDENS, { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
  expect(`${text}\n`).toBe(readFileSync(file, 'utf8'));
}
