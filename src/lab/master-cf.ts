/** Services of a Postfix that has no master.cf of its own in the repository: columns as in master(5). */
const SERVICES = [
  'smtp inet n - n - - smtpd',
  'pickup unix n - n 60 1 pickup',
  'cleanup unix n - n - 0 cleanup',
  'qmgr unix n - n 300 1 qmgr',
  'tlsmgr unix - - n 1000? 1 tlsmgr',
  'rewrite unix - - n - - trivial-rewrite',
  'bounce unix - - n - 0 bounce',
  'defer unix - - n - 0 bounce',
  'trace unix - - n - 0 bounce',
  'verify unix - - n - 1 verify',
  'flush unix n - n 1000? 0 flush',
  'proxymap unix - - n - - proxymap',
  'proxywrite unix - - n - 1 proxymap',
  'smtp unix - - n - - smtp',
  'relay unix - - n - - smtp',
  'showq unix n - n - - showq',
  'error unix - - n - - error',
  'retry unix - - n - - error',
  'discard unix - - n - - discard',
  'local unix - n n - - local',
  'virtual unix - n n - - virtual',
  'lmtp unix - - n - - lmtp',
  'anvil unix - - n - 1 anvil',
  'scache unix - - n - 1 scache',
  'postlog unix-dgram n - n - 1 postlogd',
];

/** The whole master.cf of a server without one. */
export function standardMasterCf(): string {
  return `${SERVICES.join('\n')}\n`;
}

/**
 * A master.cf as it works in the lab: no service in a chroot, whose files would be the machine's, and a log daemon; SASL is
 * off where nothing in the lab answers it. Lines keep their places.
 */
export function masterCfForLab(text: string): string {
  const lines = text.split('\n').map((line) => {
    if (/^\s/.test(line)) return line.replaceAll(/(smtpd_sasl_auth_enable)\s*=\s*yes/g, '$1=no');
    const columns = /^((?:\S+\s+){4})([yn-])(\s.*)$/.exec(line);
    return columns === null || line.startsWith('#') ? line : `${columns[1]}n${columns[3]}`;
  });
  const hasLog = lines.some((line) => /^postlog\s+unix-dgram\s/.test(line));
  return `${lines.join('\n').trimEnd()}\n${hasLog ? '' : `${SERVICES.at(-1)}\n`}`;
}
