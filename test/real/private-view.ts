export interface PrivateView {
  /** Files and folders that the program finds under another path: what it finds by what there is. */
  readonly binds: Readonly<Record<string, string>>;
  /** Folders that the program finds empty. */
  readonly empty: readonly string[];
  readonly hostName: string;
}

/**
 * A command that runs a program with its own view of some paths and its own host name, in a mount and a UTS namespace
 * that end with it. For servers whose paths were fixed when they were built.
 */
export function inPrivateView(view: PrivateView, argv: readonly string[]): readonly string[] {
  const steps = [
    ...Object.entries(view.binds).map(([path, source]) => `mount --bind "${source}" "${path}"`),
    ...view.empty.map((path) => `mount -t tmpfs tmpfs "${path}"`),
    `echo "${view.hostName}" > /proc/sys/kernel/hostname`,
    'exec "$@"',
  ];
  return ['unshare', '--mount', '--uts', '--propagation', 'private', 'sh', '-c', steps.join(' && '), 'view', ...argv];
}
