import { Command, Help } from '@commander-js/extra-typings';
import type { CommandContext } from './command.ts';
import { auditCommand } from './commands/audit.ts';
import { calibrateCommand } from './commands/calibrate.ts';
import { catchCommand } from './commands/catch.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { gateCommand } from './commands/gate.ts';
import { guardCommand } from './commands/guard.ts';
import { initCommand } from './commands/init.ts';
import { judgeCommand } from './commands/judge.ts';
import { labCommand } from './commands/lab.ts';
import { policyCommand } from './commands/policy.ts';
import { reportCommand } from './commands/report.ts';
import { scenariosCommand } from './commands/scenarios.ts';
import { schemaCommand } from './commands/schema.ts';
import { tokenCommand } from './commands/token.ts';
import { verifyCommand } from './commands/verify.ts';
import { watchCommand } from './commands/watch.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toolVersion } from '../audit/version.ts';

const EXIT_CODES = `
Exit codes:
  0    audited; nothing at or above --fail-on, and every family had a valid control
  1    findings (an acceptance without proof is one, with low confidence)
  2    usage, configuration, policy or scenario error, nothing was sent; or nothing found, but a report that
       was asked for could not be written
  3    could not tell: unreachable, banned, or a family without a valid control
  70   a bug of relayproof
  130  interrupted (SIGINT), 143 terminated (SIGTERM, SIGHUP, SIGQUIT); what was found so far has been written

Audit only servers that you run.`;

/** The whole command line. */
export function createProgram(terminal: Terminal, exitWith: CommandContext['exitWith']): Command {
  const program = new Command('relayproof')
    .description(
      'Proves that a mail server is no open relay: scripted SMTP sessions, what each should have got, what it did get, and the wire.',
    )
    .version(toolVersion())
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: (text) => terminal.say(text.trimEnd()) })
    .showSuggestionAfterError()
    .configureHelp({
      optionDescription: (option) => new Help().optionDescription(option).replace(' (default: [])', ''),
    })
    .addHelpText('after', EXIT_CODES);
  const context = { program, terminal, exitWith };
  for (const register of [
    demoCommand,
    auditCommand,
    watchCommand,
    judgeCommand,
    verifyCommand,
    calibrateCommand,
    gateCommand,
    initCommand,
    doctorCommand,
    labCommand,
    guardCommand,
    catchCommand,
    policyCommand,
    reportCommand,
    scenariosCommand,
    explainCommand,
    schemaCommand,
    tokenCommand,
  ]) {
    register(context);
  }
  return program;
}
