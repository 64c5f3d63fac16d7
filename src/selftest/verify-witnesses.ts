import { diffPolicies, type Change } from '../policy/diff.ts';
import type { Policy } from '../policy/policy.ts';
import type { Witness } from '../policy/open-relay.ts';
import { EXIT, type ExitCode } from '../terminal/exit-code.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { askWitnesses, type WitnessAnswer } from './witness-sessions.ts';
import { policyFrom } from '../config/inputs.ts';

interface Replayed {
  readonly change: 'opens' | 'closes';
  readonly witness: Witness;
  readonly older: WitnessAnswer;
  readonly newer: WitnessAnswer;
  /** Whether both guards answered as the difference says. */
  readonly holds: boolean;
}

/** Asks guards of both policies the witnesses of their difference: what opens must be refused by the old and accepted by the new. */
export async function verifyWitnesses(
  olderFile: string,
  newerFile: string,
  json: boolean,
  terminal: Terminal,
): Promise<ExitCode> {
  const [older, newer] = [policyFrom(olderFile), policyFrom(newerFile)];
  const { opens, closes } = diffPolicies(older, newer);
  const replayed = [
    ...(await replay('opens', opens, older, newer, terminal)),
    ...(await replay('closes', closes, older, newer, terminal)),
  ];
  const failed = replayed.filter(({ holds }) => !holds);
  if (json) terminal.out(`${JSON.stringify(replayed, null, 2)}\n`);
  else
    terminal.out([...replayed.map(line), `${replayed.length} witnesses, ${failed.length} do not hold`, ''].join('\n'));
  return failed.length > 0 ? EXIT.findings : EXIT.ok;
}

async function replay(
  change: 'opens' | 'closes',
  changes: readonly Change[],
  older: Policy,
  newer: Policy,
  terminal: Terminal,
): Promise<readonly Replayed[]> {
  const witnesses = changes.map(({ witness }) => witness);
  const before = await askWitnesses(older, witnesses, terminal.signal);
  const after = await askWitnesses(newer, witnesses, terminal.signal);
  return witnesses.map((witness, index) => {
    const [oldAnswer, newAnswer] = [before[index] ?? 'no answer', after[index] ?? 'no answer'];
    const [first, second] =
      change === 'opens' ? (['refused', 'accepted'] as const) : (['accepted', 'refused'] as const);
    return { change, witness, older: oldAnswer, newer: newAnswer, holds: oldAnswer === first && newAnswer === second };
  });
}

function line({ change, witness: { ip, login, from, to }, older, newer, holds }: Replayed): string {
  return `${holds ? 'ok' : 'FAILS'}  ${change}: ${ip}${login === null ? '' : ' with login'} MAIL FROM:<${from}> RCPT TO:<${to}>: old ${older}, new ${newer}`;
}
