import { Connection } from './connection.ts';

export interface Knock {
  readonly address: string;
  readonly port: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Whether something accepts connections there. Nothing is sent. */
export async function canConnect({ address, port, deadlineMs, signal }: Knock): Promise<boolean> {
  const opened = await Connection.open({
    address,
    port,
    localAddress: null,
    preface: null,
    scope: null,
    connectMs: deadlineMs,
    writeMs: deadlineMs,
    signal,
  });
  if (opened.kind === 'open') opened.connection.close();
  return opened.kind === 'open';
}
