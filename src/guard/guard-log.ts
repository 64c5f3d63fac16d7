/** What the guard and the catcher say about their work, in the calling convention of pino. Texts are already escaped. */
export interface GuardLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export const SILENT: GuardLogger = { info: () => undefined, warn: () => undefined };
