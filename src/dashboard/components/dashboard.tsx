import { useInput } from 'ink';
import { useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { keyNames } from '../keys.ts';
import type { Store } from '../store.ts';
import type { Theme } from '../theme.ts';
import { Screen } from './screen.tsx';
import { ScreenReaderView } from './screen-reader-view.tsx';

interface DashboardProps {
  readonly store: Store;
  readonly theme: Theme;
  readonly forScreenReader: boolean;
}

/** Ties the store to the screen and the keys to the store. */
export function Dashboard({ store, theme, forScreenReader }: DashboardProps): ReactElement {
  const state = useSyncExternalStore(store.subscribe, store.state);
  useInput((input, key) => store.press(keyNames(input, key)));
  return forScreenReader ? <ScreenReaderView state={state} theme={theme} /> : <Screen state={state} theme={theme} />;
}
