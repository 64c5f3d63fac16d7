import type { DashboardState, Overlay, PromptKind } from './state.ts';
import type { Pressed } from './pressed.ts';

type Prompt = Extract<Overlay, { kind: 'prompt' }>;

interface PromptInfo {
  readonly title: string;
  /** What stands there at first. */
  readonly begin: (state: DashboardState) => string;
}

export const PROMPT_INFO: Readonly<Record<PromptKind, PromptInfo>> = {
  filter: { title: 'filter', begin: ({ filter }) => filter },
  export: { title: 'write report to (FORMAT=FILE)', begin: ({ exportTo }) => exportTo },
  target: { title: 'audit HOST[:PORT]', begin: () => '' },
};

const MOST_CHARACTERS = 500;

export function openPrompt(state: DashboardState, prompt: PromptKind): DashboardState {
  return { ...state, overlay: { kind: 'prompt', prompt, text: PROMPT_INFO[prompt].begin(state) } };
}

/** A key while something is typed. The filter works as it is typed. */
export function answerPrompt(state: DashboardState, overlay: Prompt, key: string): Pressed {
  switch (key) {
    case 'enter':
      return submitted(state, overlay);
    case 'escape':
      return closed(overlay.prompt === 'filter' ? { ...state, filter: '' } : state);
    case 'backspace':
      return typed(state, overlay, Array.from(overlay.text).slice(0, -1).join(''));
    case 'ctrl-u':
      return typed(state, overlay, '');
    case 'space':
      return typed(state, overlay, `${overlay.text} `);
    default:
      // Names of keys are longer than one character; what is typed is not.
      return Array.from(key).length === 1 && !/\p{C}/u.test(key)
        ? typed(state, overlay, (overlay.text + key).slice(0, MOST_CHARACTERS))
        : { state, request: null };
  }
}

function typed(state: DashboardState, overlay: Prompt, text: string): Pressed {
  const filter = overlay.prompt === 'filter' ? { filter: text, chosenIndex: 0, listTop: 0 } : {};
  return { state: { ...state, ...filter, overlay: { ...overlay, text } }, request: null };
}

function submitted(state: DashboardState, { prompt, text }: Prompt): Pressed {
  const trimmed = text.trim();
  const { state: after } = closed(state);
  if (prompt === 'filter' || trimmed === '') return { state: after, request: null };
  return prompt === 'export'
    ? { state: after, request: { kind: 'export', to: trimmed } }
    : { state: after, request: { kind: 'target', host: trimmed } };
}

function closed(state: DashboardState): Pressed {
  return { state: { ...state, overlay: { kind: 'none' } }, request: null };
}
