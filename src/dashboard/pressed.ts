import type { Turn } from '../terminal/run-progress.ts';
import type { DashboardState } from './state.ts';

/** What the dashboard asks of the command that shows it; it does nothing of this by itself. */
export type Request =
  | { readonly kind: 'rerun'; readonly scenarios: readonly string[]; readonly words: string }
  | { readonly kind: 'rerun-all' }
  | { readonly kind: 'copy'; readonly turns: readonly Turn[] }
  | { readonly kind: 'export'; readonly to: string }
  | { readonly kind: 'target'; readonly host: string }
  | { readonly kind: 'quit' }
  | { readonly kind: 'interrupt' };

export interface Pressed {
  readonly state: DashboardState;
  readonly request: Request | null;
}
