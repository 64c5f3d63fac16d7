import { recordWire, WIRE_RECORD } from './record-wire.ts';

// Loaded before the program in every process that a test starts (`NODE_OPTIONS`).
const file = process.env[WIRE_RECORD];
if (file !== undefined) process.on('exit', recordWire(file));
