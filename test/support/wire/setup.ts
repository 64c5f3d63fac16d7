import { afterAll } from 'vitest';
import { recordWire, WIRE_RECORD } from './record-wire.ts';

const file = process.env[WIRE_RECORD];
if (file === undefined) throw new Error(`${WIRE_RECORD} names no file`);
afterAll(recordWire(file));
