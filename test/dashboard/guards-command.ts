import { startCatcher } from '../../src/catcher/catcher.ts';
import { CaughtList } from '../../src/cli/caught-source.ts';
import { DEFECTS, type DefectName } from '../../src/guard/defects.ts';
import { startGuard, type Guard } from '../../src/guard/guard.ts';
import { UNMETERED } from '../../src/guard/limits.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';

const HOST = '127.0.0.1';

/** Guards before a catcher, one for each argument: `sound`, or the name of a defect. Prints their ports and runs until it is killed. */
const list = new CaughtList();
const catcher = await startCatcher({ host: HOST, port: 0, onCaught: list.add, maxMessages: Infinity });
const guards: Guard[] = [];
for (const name of process.argv.slice(2)) {
  guards.push(
    await startGuard({
      policy: policyFromSettings({ domains: ['example.com'], users: ['alice@example.com'] }),
      listen: { host: HOST, port: 0 },
      name: 'guard.relayproof.example',
      nextHop: { host: HOST, port: catcher.port },
      trustProxyFrom: [HOST],
      limits: { ...UNMETERED, connections: Infinity },
      defect: isDefect(name) ? name : null,
    }),
  );
}
process.stdout.write(`${JSON.stringify(guards.map(({ port }) => port))}\n`);

function isDefect(name: string): name is DefectName {
  return name in DEFECTS;
}
