import { posix } from 'node:path';
import type { SourceFile, SourceImport } from './source-imports.ts';

/** What a folder of `src` may import from the other folders, and why no more. */
export interface FolderRule {
  readonly values: readonly string[];
  /** Beside those of `values`. */
  readonly types: readonly string[];
  /** Folders of which constants (named in capitals: tables) may be imported, too. */
  readonly tables: readonly string[];
  /** Single files of other folders that may be imported whole. */
  readonly files: readonly string[];
  readonly because: string;
}

function may(rule: Partial<FolderRule> & Pick<FolderRule, 'because'>): FolderRule {
  return { values: [], types: [], tables: [], files: [], ...rule };
}

/** The rooms of `src`, lowest first: a room sees those above it in this table and none below. */
export const FOLDER_RULES: Readonly<Record<string, FolderRule>> = {
  smtp: may({ because: "the wire's vocabulary is what both sides of an audit share, so it can depend on neither" }),
  document: may({ because: 'files with positions know nothing of what is written in them' }),
  policy: may({
    values: ['smtp', 'document'],
    because: 'a policy decides on addresses and flows alone; it must not know who asks or what an audit is',
  }),
  scenario: may({
    values: ['smtp', 'document'],
    types: ['policy'],
    because:
      'a scenario names a flow, but its author states the right answer by hand: no decision may be computed there',
  }),
  session: may({
    values: ['scenario', 'smtp'],
    because: 'a script is a scenario with its names filled in; it carries no right answer',
  }),
  probe: may({
    values: ['session', 'smtp'],
    because: 'double blind: the prober sends what a script says and must not know which answer is right',
  }),
  judge: may({
    values: ['session', 'scenario', 'policy', 'smtp', 'document'],
    because: 'judging is pure and works on saved transcripts, so it can open no connection and start no guard',
  }),
  report: may({
    values: ['document'],
    types: ['judge', 'scenario', 'policy'],
    tables: ['judge', 'scenario'],
    files: ['judge/outcome.ts', 'judge/unasked.ts', 'judge/alike.ts'],
    because:
      'a report draws the audit object and nothing else; what an audit comes to is judged in one place, and the words for verdicts are tables that must not be written down twice',
  }),
  guard: may({
    values: ['policy', 'smtp'],
    because:
      'double blind: the guard must not know the exam, so it sees neither scenarios nor the prober nor the judge',
  }),
  catcher: may({
    values: ['smtp', 'session', 'document'],
    because:
      'a catcher recognises canaries, in a socket or in a file; what it means that one came out is judged elsewhere',
  }),
  terminal: may({
    values: ['report', 'document'],
    types: ['judge', 'probe', 'session', 'scenario'],
    because:
      'it shows how a run goes and puts reports where they are asked for; it stands below the audit, so that whoever audits can tell of it, and knows none of those who do',
  }),
  config: may({
    values: ['document', 'policy', 'scenario', 'session', 'judge', 'report', 'smtp'],
    types: ['probe'],
    because: 'values of options and files are read and checked in one place, before anybody acts on them',
  }),
  target: may({
    values: ['document', 'smtp', 'probe', 'terminal'],
    because: 'who is audited, and whether we may, is known before a policy, a scenario or a judge is asked',
  }),
  audit: may({
    values: [
      'config',
      'target',
      'catcher',
      'terminal',
      'probe',
      'judge',
      'session',
      'scenario',
      'policy',
      'document',
      'smtp',
    ],
    types: ['report'],
    because: 'one audit, from a request to a saved run; it meets servers as they are, so it knows no guard of ours',
  }),
  selftest: may({
    values: [
      'audit',
      'guard',
      'catcher',
      'config',
      'terminal',
      'report',
      'judge',
      'probe',
      'session',
      'scenario',
      'policy',
      'document',
      'smtp',
    ],
    because: 'guards of our own are audited here: the one room where the prober and the guard meet',
  }),
  lab: may({
    values: ['config', 'target', 'judge', 'policy', 'session', 'document'],
    types: ['terminal', 'probe', 'scenario'],
    because:
      'a lab starts servers and this program in namespaces and reads what they print, so it calls neither an audit nor a guard',
  }),
  gate: may({
    values: [
      'audit',
      'config',
      'target',
      'lab',
      'selftest',
      'terminal',
      'report',
      'judge',
      'probe',
      'policy',
      'document',
    ],
    types: ['scenario'],
    because: 'a gate does what relayproof.yaml asks for, one step after the other, and adds up what they came to',
  }),
  dashboard: may({
    values: ['terminal', 'report'],
    types: ['judge'],
    tables: ['judge'],
    because:
      'a dashboard listens to the events of a run and starts nothing itself; the words for verdicts are a table that must not be written down twice',
  }),
  watch: may({
    values: ['audit', 'config', 'dashboard', 'terminal', 'judge', 'session', 'document'],
    types: ['target', 'catcher', 'probe', 'scenario'],
    because: 'a watch audits again, on a key, a clock or a change; what it shows is drawn by others',
  }),
  fleet: may({
    values: ['audit', 'config', 'target', 'probe', 'judge'],
    because: 'a fleet runs probes elsewhere and judges what comes back',
  }),
  doctor: may({
    values: ['target', 'catcher', 'lab'],
    because: 'a doctor tries on this machine what audits need, and audits nothing',
  }),
  cli: may({
    values: [
      'smtp',
      'document',
      'policy',
      'scenario',
      'session',
      'probe',
      'judge',
      'report',
      'guard',
      'catcher',
      'terminal',
      'config',
      'target',
      'audit',
      'selftest',
      'lab',
      'gate',
      'dashboard',
      'watch',
      'fleet',
      'doctor',
    ],
    because: 'one file a command, words and wiring; it stands above all, so nobody can come to need it',
  }),
};

/** A module that only some files may load. */
export interface ModuleRule {
  readonly module: RegExp;
  readonly allowed: RegExp;
  readonly because: string;
}

export const MODULE_RULES: readonly ModuleRule[] = [
  {
    module: /^node:(?:net|tls)$/,
    allowed: /^(?:probe\/connection|guard\/next-hop)\.ts$/,
    because:
      'sockets are opened in two places, so that deadlines, byte caps and scope hold everywhere; guard and catcher listen through smtp-server',
  },
  {
    module: /^node:child_process$/,
    allowed: /^(?:lab\/|gate\/git\.ts$)/,
    because:
      'relayproof starts no other program, but for the server that a lab tries, and git, which knows what a policy was',
  },
  {
    module: /^node:dgram$/,
    allowed: /^lab\/resolver\.ts$/,
    because: 'a lab answers the DNS queries of the server in it; nothing else is asked or answered over UDP',
  },
  {
    module: /^node:worker_threads$/,
    allowed: /^selftest\/matrix-/,
    because: 'a run is one loop of events; only the matrix of hundreds of guards is worth several processors',
  },
  {
    module: /^node:(?:http|https|http2|cluster|inspector)$/,
    allowed: /^$/,
    because: 'relayproof speaks SMTP',
  },
  {
    module: /^node:dns/,
    allowed: /^target\//,
    because: 'a name is looked up once, where it is found out who is audited; everything behind it connects by address',
  },
  {
    module: /^node:fs/,
    allowed:
      /^(?:document|catcher|terminal|config|audit|lab|gate|watch|doctor|cli)\/|(?:^|\/)(?:load|write)-[a-z0-9-]+\.ts$/,
    because: 'what reads or writes files says so in its name; the rest can be tested without a disk',
  },
  {
    module: /^smtp-server/,
    allowed: /^(?:guard|catcher)\//,
    because: 'a server library belongs to what serves',
  },
  {
    module: /^nodemailer/,
    allowed: /^guard\/next-hop\.ts$/,
    because: 'it rewrites addresses that it is given, so one file watches what it puts on the wire',
  },
  {
    module: /^(?:commander|@commander-js\/)/,
    allowed: /^cli\//,
    because: 'how a command line is read is a matter of the command line; rooms behind it take values',
  },
  {
    module: /^pino$/,
    allowed: /^cli\/commands\/guard\.ts$/,
    because: 'a guard tells what it does to whoever started it; one command writes that down as a log',
  },
  {
    module: /^(?:ink|react)(?:$|\/)/,
    allowed: /^dashboard\//,
    because: 'a terminal interface is loaded only where one is shown',
  },
];

/** Everything about one file that the tables forbid, a sentence each. */
export function importViolations(file: SourceFile): readonly string[] {
  return file.imports.flatMap((one) => [...folderViolations(file, one), ...moduleViolations(file, one)]);
}

function folderViolations({ path }: SourceFile, one: SourceImport): readonly string[] {
  const from = folderOf(path);
  const to = targetFolder(path, one);
  if (to === null || to === from) return [];
  const rule = FOLDER_RULES[from];
  if (rule === undefined) return [`${path}: no rule says what \`${from}\` may import`];
  if (rule.values.includes(to)) return [];
  if (one.kind === 'type' && rule.types.includes(to)) return [];
  if (rule.files.includes(targetFile(path, one) ?? '')) return [];
  if (rule.tables.includes(to) && one.values.length > 0 && one.values.every((name) => /^[A-Z][A-Z0-9_]*$/.test(name)))
    return [];
  return [`${path}: \`${from}\` must not import ${one.kind}s of \`${to}\` (${one.specifier}): ${rule.because}`];
}

function moduleViolations({ path }: SourceFile, one: SourceImport): readonly string[] {
  return MODULE_RULES.filter(({ module, allowed }) => module.test(one.specifier) && !allowed.test(path)).map(
    ({ because }) => `${path}: must not import ${one.specifier}: ${because}`,
  );
}

export function folderOf(path: string): string {
  return path.split('/')[0] ?? '';
}

/** The file of `src` that an import means, or null for a package. */
export function targetFile(path: string, { specifier }: SourceImport): string | null {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), specifier)) : null;
}

function targetFolder(path: string, one: SourceImport): string | null {
  const target = targetFile(path, one);
  return target === null ? null : folderOf(target);
}

/** A way from one of the names back to itself, or null. */
export function findCycle(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | null {
  const done = new Set<string>();
  const walk = (name: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    if (done.has(name)) return null;
    for (const next of edges.get(name) ?? []) {
      const cycle = walk(next, [...way, name]);
      if (cycle !== null) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const name of edges.keys()) {
    const cycle = walk(name, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

/** Everything that can be reached along the edges, the start itself left out. */
export function reachable(start: string, edges: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const reached = new Set<string>();
  const pending = [start];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    for (const next of edges.get(name) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      pending.push(next);
    }
  }
  return reached;
}
