import { createHash, randomBytes } from 'node:crypto';
import { createCanaryMint } from '../session/canary.ts';
import type { Surroundings } from './request.ts';

export function realSurroundings(): Surroundings {
  return {
    now: () => new Date(),
    monotonic: () => performance.now(),
    mint: createCanaryMint(),
    randomLabel: () => randomBytes(6).toString('hex'),
  };
}

/** The same run every time: a clock that stands still, and chance from a counter. For examples and goldens only. */
export function fixedSurroundings(at: Date): Surroundings {
  let count = 0;
  const bytes = (length: number): Buffer => {
    count += 1;
    return createHash('sha256').update(`relayproof example ${count}`).digest().subarray(0, length);
  };
  return {
    now: () => at,
    monotonic: () => 0,
    mint: createCanaryMint(bytes(32), () => bytes(10)),
    randomLabel: () => bytes(6).toString('hex'),
  };
}
