// The sink as a program, for hosts that the test runner is not on: `node sink-command.ts ADDRESS PORT` prints a line of
// JSON when it listens, and then one for each message.
import { startSink } from '../support/sink.ts';

const [host = '', port] = process.argv.slice(2);
const print = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};
const sink = await startSink({ host, port: Number(port), onMessage: print });
print({ listening: sink.port });
