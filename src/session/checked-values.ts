import { z } from 'zod';
import { parseVantage } from './vantage.ts';
import { isIpAddress, parseClientAddress } from '../smtp/client-address.ts';

/** Values of saved files that must be what they say before anything is computed from them. */

/** Longer than any text that the prober keeps of one line, and short enough to be searched. */
const LONGEST_TEXT = 100_000;
/** Three years: no run takes longer, and dates stay dates. */
const LONGEST_MS = 1e11;

export const text = z.string().max(LONGEST_TEXT);

/** A time that there is, as ISO 8601 with its zone. */
export const instant = z.iso.datetime({ offset: true, error: 'is no date and time such as 2026-11-25T10:00:00.000Z' });

export const milliseconds = z.number().min(0).max(LONGEST_MS);

export const port = z.int().min(0).max(65_535);

/** Where a session really came from; an address of one link carries its zone. */
export const clientAddress = z
  .string()
  .refine((address) => parseClientAddress(address) !== null, { error: 'is not an IP address' });

/** A vantage as runs name it; the address that it claims is one. */
export const vantageName = z.string().refine(
  (name) => {
    const vantage = parseVantage(name);
    return vantage !== null && (vantage.kind === 'direct' || isIpAddress(vantage.address));
  },
  { error: 'is not a vantage such as direct or proxy=198.51.100.7' },
);
