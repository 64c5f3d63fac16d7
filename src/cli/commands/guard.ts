import { once } from 'node:events';
import { pino } from 'pino';
import { GuardConfigError } from '../../guard/guard-options.ts';
import { startGuard } from '../../guard/guard.ts';
import { collect, examples, type CommandContext } from '../command.ts';
import { parseEndpoint } from '../../target/endpoint.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { textFrom } from '../../document/files.ts';
import { listening } from '../listening.ts';
import { UsageError } from '../../document/usage-error.ts';
import { policyFrom } from '../../config/inputs.ts';
import { heloName } from '../option-parsers.ts';

export function guardCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('guard')
    .description('run the guarded relay: mail that the policy admits goes to the next hop')
    .requiredOption('--policy <file>', 'who may send what to whom')
    .requiredOption('--listen <addr:port>', 'address to listen on')
    .requiredOption('--next-hop <host:port>', 'the mail server behind')
    .option('--all-addresses', 'allow --listen 0.0.0.0 or ::')
    .option('--name <name>', 'host name in the greeting', heloName)
    .option('--tls-key <file>', 'private key (PEM): offers STARTTLS')
    .option('--tls-cert <file>', 'certificate chain (PEM)')
    .option('--implicit-tls', 'TLS from the first byte')
    .option('--insecure-auth', 'offer AUTH without TLS')
    .option('--trust-proxy <address>', 'a proxy that sends PROXY headers (repeatable)', collect, [])
    .option('--trust-xclient <address>', 'a peer whose XCLIENT is believed (repeatable)', collect, [])
    .addHelpText(
      'after',
      examples([
        'relayproof guard --policy policy.yaml --listen 198.51.100.25:25 --next-hop 10.0.0.2:25 --tls-key key.pem --tls-cert cert.pem',
      ]),
    )
    .action(async (options) => {
      const policy = policyFrom(options.policy);
      const listen = parseEndpoint(options.listen, null);
      if ((options.tlsKey === undefined) !== (options.tlsCert === undefined))
        throw new UsageError(['--tls-key and --tls-cert go together']);
      const tls =
        options.tlsKey === undefined || options.tlsCert === undefined
          ? null
          : { key: textFrom(options.tlsKey), cert: textFrom(options.tlsCert) };
      const logger = pino(
        { base: null, timestamp: pino.stdTimeFunctions.isoTime },
        pino.destination({ dest: 2, sync: true }),
      );
      try {
        const guard = await listening(
          options.listen,
          startGuard({
            policy,
            listen,
            nextHop: parseEndpoint(options.nextHop, null),
            onAllAddresses: options.allAddresses === true,
            ...(options.name === undefined ? {} : { name: options.name }),
            tls,
            implicitTls: options.implicitTls === true,
            allowInsecureAuth: options.insecureAuth === true,
            requireTlsForAuth: options.insecureAuth !== true,
            trustProxyFrom: options.trustProxy,
            trustXclientFrom: options.trustXclient,
            logger,
          }),
        );
        terminal.say(`relayproof: guarding on ${guard.address} port ${guard.port}; Ctrl-C ends`);
        if (!terminal.signal.aborted) await once(terminal.signal, 'abort');
        await guard.close();
        exitWith(EXIT.ok);
      } catch (error) {
        if (error instanceof GuardConfigError) throw new UsageError(error.problems);
        throw error;
      }
    });
}
