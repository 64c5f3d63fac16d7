import type { Probe } from '../session/plan.ts';
import type { Redactor } from '../smtp/redact.ts';
import type { Connection } from './connection.ts';
import type { DialoguePartner } from './dialogue-partner.ts';
import type { Recorder } from './recorder.ts';
import type { Canary, SessionOptions } from './session-options.ts';

/** What a session is made of while it runs. */
export interface Session {
  readonly probe: Probe;
  readonly options: SessionOptions;
  readonly connection: Connection;
  readonly partner: DialoguePartner;
  readonly recorder: Recorder;
  readonly redactor: Redactor;
  readonly canary: Canary | null;
  /** Whether the server's certificate was verified; false in the clear. Changes when TLS begins. */
  readonly trust: { verified: boolean };
}
