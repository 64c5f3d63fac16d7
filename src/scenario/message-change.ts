/** How the canary message of a scenario differs from the usual one. Texts may hold placeholders and `{x*2100}`. */
export interface MessageChange {
  /** Header fields by name: another value, several fields of that name, or null for none. */
  readonly header: Readonly<Record<string, string | null | readonly string[]>>;
  /** Raw lines in front of the header. */
  readonly first: readonly RepeatedLine[];
  /** Lines in front of the usual text. */
  readonly body: readonly RepeatedLine[];
}

/** A line, as often as `times` says. */
export interface RepeatedLine {
  readonly line: string;
  readonly times: number;
}

/** Every text of a change, in order: what its placeholders are looked for in. */
export function textsOfChange(change: MessageChange): readonly string[] {
  const values = Object.values(change.header).flatMap((value) =>
    value === null ? [] : typeof value === 'string' ? [value] : value,
  );
  return [...change.first.map(({ line }) => line), ...values, ...change.body.map(({ line }) => line)];
}

/** The change with every text passed through a function. */
export function mapChange(change: MessageChange, to: (text: string) => string): MessageChange {
  const lines = (some: readonly RepeatedLine[]): readonly RepeatedLine[] =>
    some.map(({ line, times }) => ({ line: to(line), times }));
  const value = (one: string | null | readonly string[]): string | null | readonly string[] =>
    one === null ? null : typeof one === 'string' ? to(one) : one.map(to);
  return {
    header: Object.fromEntries(Object.entries(change.header).map(([name, one]) => [name, value(one)])),
    first: lines(change.first),
    body: lines(change.body),
  };
}
