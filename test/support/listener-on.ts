import { Server } from 'node:net';

/** The socket that listens on a port, as Node knows it; from outside nothing closes it. */
export function listenerOn(port: number): Server {
  const handles: unknown = Reflect.apply(Reflect.get(process, '_getActiveHandles'), process, []);
  const listener = Array.isArray(handles)
    ? handles.find((handle: unknown) => {
        const address = handle instanceof Server ? handle.address() : null;
        return typeof address === 'object' && address?.port === port;
      })
    : undefined;
  if (listener instanceof Server) return listener;
  throw new Error(`nothing listens on port ${port}`);
}
