import { isPlaceholder, referencesIn, type Names, type Placeholder } from '../scenario/placeholder.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** Further values of a name: a server that goes by several, an owner of several domains. Asked for one by one. */
export type Namesakes = Readonly<Partial<Record<Placeholder, readonly string[]>>>;

/** A scenario under one of several names; null for the first, which every scenario is filled with. */
export interface Variant {
  /** Such as `host=mx.example.com`. */
  readonly variant: string | null;
  readonly names: Names;
}

/** The names to fill a scenario with, one set after the other: one more for each further value of a name that it uses. */
export function variantsOf(scenario: Scenario, names: Names, namesakes: Namesakes): readonly Variant[] {
  const used = new Set([...textsOf(scenario), scenario.declares.sender].flatMap(referencesIn).map(({ name }) => name));
  const further = Object.entries(namesakes).flatMap(([name, values]) =>
    used.has(name) ? values.map((value) => `${name}=${value}`) : [],
  );
  return [{ variant: null, names }, ...further.map((variant) => ({ variant, names: namesOfVariant(names, variant) }))];
}

/** The names that a session was filled with. */
export function namesOfVariant(names: Names, variant: string | null): Names {
  if (variant === null) return names;
  const name = variant.slice(0, variant.indexOf('='));
  return isPlaceholder(name) ? { ...names, [name]: variant.slice(name.length + 1) } : names;
}

/** Every text of a scenario in which names may stand. */
function textsOf({ helo, steps }: Pick<Scenario, 'helo' | 'steps'>): readonly string[] {
  return [helo ?? '', ...steps.flatMap(({ send }) => send.flatMap((one) => ('text' in one ? [one.text] : [])))];
}
