import { render } from 'ink';
import { Dashboard } from './components/dashboard.tsx';
import type { Store } from './store.ts';
import { createTheme } from './theme.ts';
import { ASCII_SIGNS, UNICODE_SIGNS } from '../terminal/signs.ts';

export interface ShowOptions {
  readonly store: Store;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly color: boolean;
  /** Whether the terminal shows more than ASCII. */
  readonly unicode: boolean;
  readonly forScreenReader: boolean;
}

export interface ShownDashboard {
  /** Gives the terminal back as it was found. */
  readonly close: () => Promise<void>;
  /** Ends when it is closed; rejects with what broke the drawing, the terminal given back. */
  readonly ended: Promise<void>;
}

/** Frames a second that ink writes at most; the store sends fewer. */
const MOST_FRAMES = 15;

/** Shows the dashboard on the alternate screen. */
export function showDashboard({ store, stdin, stdout, color, unicode, forScreenReader }: ShowOptions): ShownDashboard {
  const theme = createTheme({ signs: unicode ? UNICODE_SIGNS : ASCII_SIGNS, color, plain: forScreenReader });
  const resized = (): void => store.dispatch({ kind: 'resized', size: { columns: stdout.columns, rows: stdout.rows } });
  stdout.on('resize', resized);
  const instance = render(<Dashboard store={store} theme={theme} forScreenReader={forScreenReader} />, {
    stdin,
    stdout,
    alternateScreen: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
    incrementalRendering: true,
    maxFps: MOST_FRAMES,
    isScreenReaderEnabled: forScreenReader,
  });
  const ended = instance.waitUntilExit().then(() => undefined);
  const stop = (): void => {
    stdout.off('resize', resized);
    store.close();
  };
  void ended.then(stop, stop);
  return {
    ended,
    close: async () => {
      stop();
      instance.unmount();
      await ended;
    },
  };
}
