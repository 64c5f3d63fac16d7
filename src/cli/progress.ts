import type { RunEvent } from '../probe/audit-run.ts';
import type { Terminal } from './terminal.ts';

/** Tells on stderr how far a run is: one line that renews itself on a terminal, a line at begin and end elsewhere. */
export function progressListener(terminal: Terminal, title: string): (event: RunEvent) => void {
  let total = 0;
  let ended = 0;
  return (event) => {
    switch (event.kind) {
      case 'run-started':
        total = event.sessions;
        terminal.say(`relayproof: ${title}: ${total} sessions`);
        break;
      case 'session-ended':
        ended += 1;
        if (terminal.errIsTty) terminal.update(`${ended}/${total} ${event.probe.script.scenario}`);
        break;
      case 'run-ended':
        if (terminal.errIsTty) terminal.update('');
        if (event.aborted) terminal.say(`relayproof: interrupted after ${event.finished} of ${total} sessions`);
        break;
      default:
    }
  };
}
