import fc from 'fast-check';

/** What may stand in a file instead of what was written there. */
const JUNK: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  99,
  1000,
  2 ** 53,
  1e308,
  '',
  'x',
  '\u0000\u001b[2J\u202e',
  '__proto__',
  'constructor',
  'toString',
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:00.001Z',
  '1970-01-01T00:00:00.000Z',
  '127.1',
  'proxy=127.1',
  'proxy=fe80::1%eth0',
  'bind=constructor',
  'third-party',
  'no-such-scenario',
  'direct',
  '\ud800',
  'ä'.repeat(5000),
  [],
  [[null]],
  {},
  { kind: 'no-such-kind' },
  JSON.parse('{"__proto__":{"kind":"completed"}}'),
];

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...path, key]))];
}

function changed(value: unknown, path: Path, change: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as object) };
  const holder = copy as Record<string | number, unknown>;
  holder[key] = changed(holder[key], rest, change);
  if (holder[key] === REMOVED) delete holder[key];
  return copy;
}

const REMOVED = Symbol('removed');

function jsonText(value: unknown): string {
  return value === REMOVED ? '' : JSON.stringify(value);
}

/** Texts of a JSON document in which somebody has changed values, keys or bytes. */
export function tampered(document: unknown): fc.Arbitrary<string> {
  const paths = pathsOf(document);
  const step = fc.record({
    path: fc.constantFrom(...paths),
    how: fc.constantFrom('junk', 'junk', 'junk', 'remove', 'twice', 'proto'),
    junk: fc.constantFrom(...JUNK),
  });
  const values = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) =>
    jsonText(
      steps.reduce<unknown>((whole, { path, how, junk }) => {
        try {
          return changed(whole, path, (old) => {
            if (how === 'remove') return REMOVED;
            if (how === 'twice' && Array.isArray(old)) return [...old, ...old];
            if (how === 'proto' && typeof old === 'object')
              return Object.fromEntries([...Object.entries(old ?? {}), ['constructor', junk]]);
            return junk;
          });
        } catch {
          // An earlier step took away what this one would have changed.
          return whole;
        }
      }, document),
    ),
  );
  const text = JSON.stringify(document);
  const bytes = fc
    .tuple(fc.nat(text.length - 1), fc.constantFrom('', '"', '\\', '{', ']', ',', '0', '-', '\u0000', '\u202e', 'e99'))
    .map(([at, put]) => text.slice(0, at) + put + text.slice(at + 1));
  const cut = fc.nat(text.length - 1).map((at) => text.slice(0, at));
  return fc.oneof({ weight: 8, arbitrary: values }, { weight: 3, arbitrary: bytes }, { weight: 1, arbitrary: cut });
}
