import { availableParallelism } from 'node:os';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { MatrixResult } from './policy-matrix.ts';

const disagreement = z.object({
  policy: z.string(),
  scenario: z.string(),
  vantage: z.string(),
  login: z.string().nullable(),
  message: z.string(),
});
const resultSchema: z.ZodType<MatrixResult> = z.object({
  policies: z.number(),
  sessions: z.number(),
  disagreements: z.array(disagreement),
});

/** The matrix, a share a core. An abort ends the threads and rejects with its reason. */
export async function runMatrixOnAllCores(signal: AbortSignal): Promise<MatrixResult> {
  const parts = availableParallelism();
  const results = await Promise.all(Array.from({ length: parts }, (_, part) => runPart(part, parts, signal)));
  return {
    policies: results.reduce((sum, result) => sum + result.policies, 0),
    sessions: results.reduce((sum, result) => sum + result.sessions, 0),
    disagreements: results.flatMap((result) => result.disagreements),
  };
}

async function runPart(part: number, parts: number, signal: AbortSignal): Promise<MatrixResult> {
  // Compiled or not, the worker stands beside this file with the same ending.
  const file = new URL(import.meta.url.endsWith('.ts') ? './matrix-worker.ts' : './matrix-worker.js', import.meta.url);
  const worker = new Worker(file, { workerData: { part, parts } });
  try {
    const [message] = await once(worker, 'message', { signal });
    return resultSchema.parse(message);
  } finally {
    await worker.terminate();
  }
}
