import { startCatcher } from '../../src/catcher/catcher.ts';
import { DEFECTS, type DefectName } from '../../src/guard/defects.ts';
import { startGuard } from '../../src/guard/guard.ts';
import { UNMETERED } from '../../src/guard/limits.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';

const HOST = '127.0.0.1';

// Guards before a catcher, as a program of its own, so that they take no time from the dashboard:
// `node guards-command.ts GREETING-DELAY-MS NAME...` where a name is `sound` or that of a defect. Prints their ports
// and runs until it is killed.
const [greetingDelayMs, ...names] = process.argv.slice(2);
const catcher = await startCatcher({
  host: HOST,
  port: 0,
  onCaught: () => undefined,
  maxWithCanary: Infinity,
  maxWithoutCanary: Infinity,
});
const ports: number[] = [];
for (const name of names) {
  const { port } = await startGuard({
    policy: policyFromSettings({ domains: ['example.com'], users: ['alice@example.com'] }),
    listen: { host: HOST, port: 0 },
    name: 'guard.relayproof.example',
    nextHop: { host: HOST, port: catcher.port },
    trustProxyFrom: [HOST],
    limits: { ...UNMETERED, connections: Infinity, greetingDelayMs: Number(greetingDelayMs) },
    defect: isDefect(name) ? name : null,
  });
  ports.push(port);
}
process.stdout.write(`${ports.join(' ')}\n`);

function isDefect(name: string): name is DefectName {
  return name in DEFECTS;
}
