import type { Terminal } from '../../src/terminal/terminal.ts';

/** A terminal that nobody looks at. @param said gets every line, where it is given */
export function quietTerminal(said: (line: string) => void = () => undefined, env: Terminal['env'] = {}): Terminal {
  return {
    out: said,
    control: said,
    say: said,
    update: () => undefined,
    outIsTty: false,
    errIsTty: false,
    inIsTty: false,
    color: false,
    width: 100,
    env,
    signal: new AbortController().signal,
  };
}
