import type { Pace } from '../probe/pace.ts';
import type { RecipeName } from './recipe.ts';

/** What a lab is to try, and what it is to ask. */
export interface LabRequest {
  readonly recipe: RecipeName;
  readonly path: string;
  readonly command: string | null;
  readonly program: string | null;
  readonly policy: string | null;
  readonly ownDomains: readonly string[];
  readonly ownUsers: readonly string[];
  readonly outside?: string | undefined;
  readonly from?: string | undefined;
  readonly helo?: string | undefined;
  readonly partner?: string | undefined;
  readonly loginEnv?: string | undefined;
  readonly scenario: readonly string[];
  readonly scenarios?: string | undefined;
  readonly pace: Pace;
  /** Seconds to wait after the last canary. */
  readonly wait: number;
  /** More names that lead to the world, such as that of a smart host. */
  readonly worldNames: readonly string[];
  readonly port: number;
}

/** The name that the server has in the lab and in findings: made of its path, so that fingerprints stay. */
export function labHostName(path: string): string {
  const words = path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return `${words.slice(-50).replace(/^-+/, '') || 'server'}.lab.example`;
}
