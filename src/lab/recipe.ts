import type { ServerSettings } from '../config/config-schema.ts';

/** What a recipe is given: the configuration, and the lab that it is to run in. */
export interface LabSite {
  /** Folder or file with the configuration, as the command was given it. */
  readonly path: string;
  /** For the recipe `command`: what starts the server. */
  readonly command: string | null;
  /** The server's program where it is not where it usually is. */
  readonly program: string | null;
  /** A folder of the lab's own, for copies, queue and log. */
  readonly folder: string;
  /** Addresses of the server. */
  readonly server: { readonly outer: string; readonly inner: string };
  /** Where mail for elsewhere goes. */
  readonly world: { readonly host: string; readonly port: number };
  readonly ownDomains: readonly string[];
  /** Mailboxes that exist. */
  readonly ownUsers: readonly string[];
}

/** How the server is started and watched. */
export interface PreparedServer {
  /** The program in the foreground. */
  readonly argv: readonly string[];
  /** What is otherwise in the lab than it will be live, a sentence each. */
  readonly notes: readonly string[];
  /** What the server has logged beside its output. */
  readonly log: () => string;
}

/** Lays out the files of a server. @throws UsageError when there is no such configuration, or no such server here */
export type Recipe = (site: LabSite) => PreparedServer;

export type RecipeName = ServerSettings['recipe'];
