/** What to do where no network namespaces can be made. */
export function noNamespacesText(reason: string): readonly string[] {
  return [
    `the lab needs network namespaces, which this user may not make here: ${reason}`,
    'run it as root (in a container: with the capabilities NET_ADMIN and SYS_ADMIN), or go without, with claimed addresses:',
    '  1. start the server on loopback and let it believe this host: Postfix `smtpd_authorized_xclient_hosts = 127.0.0.1`, Exim `hosts_proxy = 127.0.0.1`, the guard `--trust-xclient 127.0.0.1`',
    '  2. send its mail for elsewhere to 127.0.0.1 port 2526',
    '  3. relayproof audit 127.0.0.1:2525 --policy policy.yaml --vantage xclient=198.51.100.10 --vantage xclient=10.99.1.10 --prove --catch 127.0.0.1:2526 (for Exim: proxy= instead of xclient=)',
  ];
}
