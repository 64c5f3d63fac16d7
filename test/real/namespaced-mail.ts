import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../support/socket-server.ts';
import type { Sink, SunkMessage } from '../support/sink.ts';
import { until } from '../support/until.ts';
import { daemonFolder, startDaemon } from './daemon.ts';
import { runInNamespace } from './namespaces.ts';
import type { NamespaceHost } from './namespaces.ts';

const SINK_COMMAND = fileURLToPath(new URL('sink-command.ts', import.meta.url));
const SEND_COMMAND = fileURLToPath(new URL('send-command.ts', import.meta.url));

/** Starts a sink on a host of a test's own network, at the host's main address. */
export async function startSinkIn({ namespace, addresses: [host] }: NamespaceHost, port = 25): Promise<Sink> {
  const folder = daemonFolder('sink');
  const daemon = await startDaemon({
    folder: folder.path,
    argv: [process.execPath, SINK_COMMAND, host, `${port}`],
    namespace,
    isReady: (output) => output.includes('listening'),
  });
  const messages = (): readonly SunkMessage[] =>
    daemon
      .output()
      .split('\n')
      .slice(1, -1)
      .map((line): SunkMessage => JSON.parse(line));
  return {
    host,
    port,
    messages,
    forwardPaths: () => messages().flatMap((message) => message.forwardPaths),
    untilMessages: (count, timeoutMs) =>
      until(`${count} message(s) at the sink`, () => messages().length >= count, timeoutMs),
    stop: async () => {
      await daemon.stop();
      folder.remove();
    },
  };
}

/**
 * Sends one message from an address of a host of a test's own network.
 *
 * @param timeoutMs how long each reply may take
 * @returns the step that decided and the reply code there, as in `end-of-data 250`
 */
export async function sendFrom(
  host: NamespaceHost,
  localAddress: string,
  server: Endpoint,
  message: { readonly from: string; readonly to: readonly string[] },
  timeoutMs = 15_000,
): Promise<string> {
  const command = [process.execPath, SEND_COMMAND, `${timeoutMs}`, localAddress, server.host, `${server.port}`];
  const { stdout, stderr } = await runInNamespace(host, [...command, message.from, ...message.to]);
  return `${stdout}${stderr}`.trim();
}
