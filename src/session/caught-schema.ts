import { z } from 'zod';
import { instant } from './checked-values.ts';

/** A line of `relayproof catch`. */
export const caughtSchema = z.strictObject({
  at: instant,
  peer: z.string(),
  helo: z.string(),
  from: z.string(),
  to: z.string(),
  canary: z.string().nullable(),
  received: z.array(z.string()),
  subject: z.string(),
});
