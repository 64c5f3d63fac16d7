import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

const GOLDENS = new URL('goldens/', import.meta.url);

/** The parts of a golden that consists of several, each below a heading; none where it is written anew. */
export function goldenFrames(name: string): readonly string[] {
  if (process.env['UPDATE'] === '1') return [];
  return readFileSync(fileOf(name), 'utf8')
    .trimEnd()
    .split(/\n?^== .*\n/m)
    .slice(1);
}

function fileOf(name: string): URL {
  return new URL(`${name}.txt`, GOLDENS);
}

/** Compares with the golden of that name; `UPDATE=1` writes it anew. */
export function expectGolden(name: string, text: string): void {
  const file = fileOf(name);
  if (process.env['UPDATE'] === '1') {
    mkdirSync(GOLDENS, { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
  expect(`${text}\n`).toBe(readFileSync(file, 'utf8'));
}
