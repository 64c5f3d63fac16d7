import { array, constantFrom, nat, oneof, record, tuple, type Arbitrary } from 'fast-check';

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
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, one]: [string, unknown]) => {
    const other = name === String(key) ? changed(one, rest, change) : one;
    return other === REMOVED ? [] : [[name, other] as const];
  });
  return Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries);
}

const REMOVED = Symbol('removed');

function jsonText(value: unknown): string {
  return value === REMOVED ? '' : JSON.stringify(value);
}

/** Texts of a JSON document in which somebody has changed values, keys or bytes. */
export function tampered(document: unknown): Arbitrary<string> {
  const paths = pathsOf(document);
  const step = record({
    path: constantFrom(...paths),
    how: constantFrom('junk', 'junk', 'junk', 'remove', 'twice', 'proto'),
    junk: constantFrom(...JUNK),
  });
  const values = array(step, { minLength: 1, maxLength: 3 }).map((steps) =>
    jsonText(
      steps.reduce<unknown>((whole, { path, how, junk }) => {
        return changed(whole, path, (old) => {
          if (how === 'remove') return REMOVED;
          if (how === 'twice' && Array.isArray(old)) return [old, old].flat();
          if (how === 'proto' && typeof old === 'object')
            return Object.fromEntries([...Object.entries(old ?? {}), ['constructor', junk]]);
          return junk;
        });
      }, document),
    ),
  );
  const text = JSON.stringify(document);
  const bytes = tuple(
    nat(text.length - 1),
    constantFrom('', '"', '\\', '{', ']', ',', '0', '-', '\u0000', '\u202e', 'e99'),
  ).map(([at, put]) => text.slice(0, at) + put + text.slice(at + 1));
  const cut = nat(text.length - 1).map((at) => text.slice(0, at));
  return oneof({ weight: 8, arbitrary: values }, { weight: 3, arbitrary: bytes }, { weight: 1, arbitrary: cut });
}
