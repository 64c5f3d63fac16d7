import { z } from 'zod';
import { UsageError } from '../document/usage-error.ts';
import type { Zones } from './zones.ts';

const zonesSchema: z.ZodType<Zones> = z.strictObject({
  ownDomains: z.array(z.string()),
  server: z.ipv4(),
  world: z.ipv4(),
  worldNames: z.array(z.string()),
  hosts: z.record(z.ipv4(), z.string()),
  token: z.string(),
});

/** Reads what `lab` gave its resolver. @throws UsageError */
export function zonesFrom(json: string): Zones {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  const parsed = zonesSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(['--zones: is no JSON of the zones of a lab']);
}
