import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { printable } from '../smtp/printable.ts';

type Resume = () => void;

/** Characters of all paths of a transaction; RFC 5321 §4.5.3.1.3 allows 256 octets each. */
const MOST_PATH_CHARACTERS = 32_768;

/**
 * One session of the catcher, which takes every path there is: what matters is what came, not whether it was well formed.
 * It greets at once, while the library waits a tenth of a second for clients that talk too soon.
 */
export class CatcherConnection extends SMTPConnection {
  /** Set before it is started: there is no room, and it hears so. */
  isRefused = false;

  override init(): void {
    this._setListeners(() => {
      if (this.isRefused) this.send(421, 'Too many connections', false);
      else this.connectionReady();
    });
  }

  override handler_MAIL(command: Buffer, resume: Resume): void {
    this._resetSession();
    this.session.envelope.mailFrom = { address: pathIn(command), args: false };
    this.send(250, 'Sender taken');
    resume();
  }

  override handler_RCPT(command: Buffer, resume: Resume): void {
    const { rcptTo } = this.session.envelope;
    const address = pathIn(command);
    const characters = rcptTo.reduce((sum, one) => sum + one.address.length, address.length);
    if (rcptTo.length >= (this._server.options.maxRecipients ?? Infinity) || characters > MOST_PATH_CHARACTERS) {
      this.send(452, 'Too many recipients');
    } else {
      rcptTo.push({ address, args: false });
      this.send(250, 'Recipient taken');
    }
    resume();
  }
}

/** The widest `<…>` that only parameters follow, or the first word after the colon; without the brackets, safe to print. */
function pathIn(command: Buffer): string {
  const text = command.toString('utf8');
  const argument = text.slice(text.indexOf(':') + 1).trim();
  return printable(/^<(.*)>(?: .*)?$/.exec(argument)?.[1] ?? argument.split(' ', 1)[0] ?? '');
}
