/** One word of a setting's value and the line that it stands on. */
export interface ConfigWord {
  readonly text: string;
  readonly line: number;
}

/** One setting of a Postfix main.cf. */
export interface MainCfSetting {
  readonly name: string;
  /** Line of the name, 1-based. */
  readonly line: number;
  /** The value in one piece. */
  readonly value: string;
  /** The value parted at blanks and commas; what stands in braces is one word. */
  readonly words: readonly ConfigWord[];
}

/**
 * Reads a main.cf (postconf(5)): a line that begins with a blank goes on with the one before it, comments and empty lines
 * may stand between, and of a setting that comes twice the last one counts.
 */
export function parseMainCf(text: string): ReadonlyMap<string, MainCfSetting> {
  const settings = new Map<string, MainCfSetting>();
  let open: { name: string; line: number; parts: { text: string; line: number }[] } | null = null;
  const close = (): void => {
    if (open === null) return;
    const { name, line, parts } = open;
    settings.set(name, {
      name,
      line,
      value: parts
        .map((part) => part.text.trim())
        .join(' ')
        .trim(),
      words: wordsOf(parts),
    });
  };
  for (const [index, row] of text.split('\n').entries()) {
    if (/^\s*(?:#|$)/.test(row)) continue;
    const line = index + 1;
    if (/^\s/.test(row)) {
      open?.parts.push({ text: row, line });
      continue;
    }
    close();
    const [, name, value] = /^([^=\s]+)\s*=(.*)$/s.exec(row.trimEnd()) ?? [];
    open = name === undefined || value === undefined ? null : { name, line, parts: [{ text: value, line }] };
  }
  close();
  return settings;
}

function wordsOf(parts: readonly { readonly text: string; readonly line: number }[]): readonly ConfigWord[] {
  return parts.flatMap(({ text, line }) =>
    [...text.matchAll(/(?:[^\s,{]|\{(?:[^{}]|\{[^{}]*\})*\})+/g)].map(([word]) => ({ text: word, line })),
  );
}

/** The value with `$name` and `${name}` of other settings filled in, as far as those are set here. */
export function expand(value: string, settings: ReadonlyMap<string, MainCfSetting>, depth = 5): string {
  if (depth === 0) return value;
  return value.replaceAll(/\$(?:\{(\w+)\}|\((\w+)\)|(\w+))/g, (whole: string, ...names: readonly unknown[]) => {
    const name = names.slice(0, 3).find((one) => typeof one === 'string');
    const setting = name === undefined ? undefined : settings.get(name);
    return setting === undefined ? whole : expand(setting.value, settings, depth - 1);
  });
}
