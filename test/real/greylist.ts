import type { SocketServer } from '../support/socket-server.ts';
import { startUnixService } from './unix-service.ts';

/** What a mail server asks about one recipient. */
export interface GreylistTriplet {
  readonly client: string;
  readonly sender: string;
  readonly recipient: string;
}

export interface Greylist extends SocketServer {
  /** Every question, in order. */
  readonly asked: () => readonly GreylistTriplet[];
}

/**
 * A greylist that goes by attempts and not by the clock: the first attempt of a triplet is deferred, later ones pass.
 * It speaks Postfix's policy delegation protocol.
 */
export async function startGreylist(path: string): Promise<Greylist> {
  const asked: GreylistTriplet[] = [];
  const known = new Set<string>();
  const service = await startUnixService(path, '\n\n', '', () => (request) => {
    const triplet = tripletOf(request);
    const key = JSON.stringify(triplet);
    const action = known.has(key) ? 'DUNNO' : 'DEFER_IF_PERMIT greylisted, try again later';
    asked.push(triplet);
    known.add(key);
    return `action=${action}\n\n`;
  });
  return { ...service, asked: () => [...asked] };
}

function tripletOf(request: string): GreylistTriplet {
  const attributes = new Map(
    request.split('\n').map((line) => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
  return {
    client: attributes.get('client_address') ?? '',
    sender: attributes.get('sender') ?? '',
    recipient: attributes.get('recipient') ?? '',
  };
}
