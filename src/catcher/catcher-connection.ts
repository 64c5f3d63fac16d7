import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';

type Resume = () => void;

/**
 * One session of the catcher, which takes every path there is: what matters is what came, not whether it was well formed.
 * It greets at once, while the library waits a tenth of a second for clients that talk too soon.
 */
export class CatcherConnection extends SMTPConnection {
  override init(): void {
    this._setListeners(() => {
      const { maxClients = Infinity } = this._server.options;
      if (this._server.connections.size > maxClients) this.send(421, 'Too many connections', false);
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
    if (rcptTo.length >= (this._server.options.maxRecipients ?? Infinity)) {
      this.send(452, 'Too many recipients');
    } else {
      rcptTo.push({ address: pathIn(command), args: false });
      this.send(250, 'Recipient taken');
    }
    resume();
  }
}

/** The widest `<…>` that only parameters follow, or the first word after the colon; without the brackets. */
function pathIn(command: Buffer): string {
  const text = command.toString('utf8');
  const argument = text.slice(text.indexOf(':') + 1).trim();
  return /^<(.*)>(?: .*)?$/.exec(argument)?.[1] ?? argument.split(' ', 1)[0] ?? '';
}
