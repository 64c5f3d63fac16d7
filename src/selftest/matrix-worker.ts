import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { runMatrix } from './policy-matrix.ts';
import { catalogueFrom } from '../config/inputs.ts';

/** Runs a share of the matrix in a thread of its own: one thread uses one core. */
const { part, parts } = z.object({ part: z.number(), parts: z.number() }).parse(workerData);
parentPort?.postMessage(await runMatrix(catalogueFrom(undefined), part, parts, new AbortController().signal));
