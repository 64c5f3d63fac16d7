import type { RunEvent } from '../probe/audit-run.ts';
import type { Terminal } from './terminal.ts';

const WORTH_TELLING_MS = 1000;

/** A length of time as people say it. */
function duration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes >= 90) return `${(minutes / 60).toFixed(1)} h`;
  return minutes >= 2 ? `${minutes} min` : `${Math.round(milliseconds / 1000)} s`;
}

/** Tells on stderr how far a run is: one line that renews itself on a terminal, a line at begin and end elsewhere. */
export function progressListener(terminal: Terminal, title: string): (event: RunEvent) => void {
  let total = 0;
  let ended = 0;
  return (event) => {
    switch (event.kind) {
      case 'run-started':
        total = event.sessions;
        terminal.say(
          `relayproof: ${title}: ${total} sessions${event.longestMs > 0 ? `, up to ${duration(event.longestMs)}` : ''}`,
        );
        break;
      case 'waiting':
        if (event.milliseconds >= WORTH_TELLING_MS)
          terminal.say(`relayproof: waiting ${duration(event.milliseconds)}: ${event.why}`);
        break;
      case 'turned':
        terminal.say(`relayproof: ${event.turned.reason}; stopped asking from ${event.turned.vantage}`);
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
