// The sending side of a test as a program, for hosts that the test runner is not on:
// `node send-command.ts TIMEOUT-MS FROM-ADDRESS SERVER-ADDRESS SERVER-PORT REVERSE-PATH FORWARD-PATH...` prints stage and reply code.
import { sendMessage } from '../support/send-message.ts';

const [timeoutMs, localAddress = '', host = '', port, from = '', ...to] = process.argv.slice(2);
const { stage, code } = await sendMessage(
  { host, port: Number(port), localAddress, timeoutMs: Number(timeoutMs) },
  { from, to },
);
process.stdout.write(`${stage} ${code}\n`);
