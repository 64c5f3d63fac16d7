import { expect, test } from 'vitest';
import { REMEDY_EXIM } from '../../src/judge/remedy-exim.ts';
import { REMEDY_OPENSMTPD } from '../../src/judge/remedy-opensmtpd.ts';
import { REMEDY_POSTFIX } from '../../src/judge/remedy-postfix.ts';
import type { FindingKind } from '../../src/scenario/finding-kind.ts';
import type { Endpoint } from '../support/socket-server.ts';
import { auditReal } from './audit-harness.ts';
import { describeReal } from './availability.ts';
import type { EximPresetName } from './exim-presets.ts';
import { startExim } from './exim.ts';
import { startOpenSmtpd, type OpenSmtpdPresetName } from './opensmtpd.ts';
import { OWN_DOMAIN, SERVER_NAME } from './own-domain.ts';
import type { PostfixPresetName } from './postfix-presets.ts';
import { startPostfix } from './postfix.ts';
import type { RealServer } from './real-server.ts';

const PATIENCE_MS = 120_000;
/** The remedies list 127.0.0.1 as a host of one's own. */
const STRANGER = { kind: 'bind', address: '127.0.0.2' } as const;
const FAMILIES = ['third-party-relay', 'spoofed-domain', 'recipient-routing', 'authenticated', 'session-state'];

async function findingsOf(start: (nextHop: Endpoint) => Promise<RealServer>): Promise<readonly FindingKind[]> {
  const { audit, exitCode } = await auditReal(start, { prove: true, vantage: [STRANGER], scenario: FAMILIES });
  const counted = audit.findings.filter(({ severity }) => severity !== 'low').map(({ id }) => id);
  expect(exitCode).toBe(counted.length > 0 ? 1 : 0);
  return [...new Set(counted)].sort();
}

/** Lines of main.cf by their names. */
function asSettings(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(lines.map((line) => line.split(/ ?= ?(.*)/s, 2)));
}

describeReal('the remedies for Postfix', ['postfix'], () => {
  const OPEN: readonly (readonly [PostfixPresetName, readonly FindingKind[]])[] = [
    ['open', ['spoofed-domain-send', 'third-party-relay']],
    ['own-sender', ['spoofed-domain-send']],
    ['any-password', ['authentication-bypass']],
    ['lone-recipient-at-data', ['session-state-leak']],
    ['percent-hack-two-hops', ['routed-recipient']],
  ];

  test.for(OPEN)('close %s', { timeout: PATIENCE_MS }, async ([preset, expected]) => {
    expect(await findingsOf((nextHop) => startPostfix({ preset, nextHop }))).toEqual(expected);
    const settings = asSettings(expected.flatMap((kind) => REMEDY_POSTFIX[kind]?.lines ?? []));
    expect(await findingsOf((nextHop) => startPostfix({ preset, nextHop, settings }))).toEqual([]);
  });
});

describeReal('the remedies for Exim', ['exim'], () => {
  const OPEN: readonly (readonly [EximPresetName, readonly FindingKind[]])[] = [
    ['open', ['spoofed-domain-send', 'third-party-relay']],
    ['own-sender', ['spoofed-domain-send']],
  ];
  const isMainSetting = (line: string): boolean => /^(?:hostlist|percent_hack_domains|hosts_proxy)\b/.test(line);
  /** What the lines of the remedies take for given, as Exim's default configuration has it. */
  const GIVEN = [`domainlist local_domains = ${OWN_DOMAIN} : ${SERVER_NAME}`, 'domainlist relay_to_domains ='];
  const HOSTS = 'hostlist relay_from_hosts = 127.0.0.1';

  test.for(OPEN)('close %s', { timeout: PATIENCE_MS }, async ([preset, expected]) => {
    expect(await findingsOf((nextHop) => startExim({ preset, nextHop }))).toEqual(expected);
    const [kind = 'third-party-relay'] = expected.toReversed();
    const lines = REMEDY_EXIM[kind]?.lines ?? [];
    const main = lines.filter(isMainSetting);
    const settings = [...GIVEN, ...(main.some((line) => line.startsWith('hostlist')) ? [] : [HOSTS]), ...main];
    const statements = lines.filter((line) => !isMainSetting(line));
    expect(await findingsOf((nextHop) => startExim({ preset, nextHop, settings, statements }))).toEqual([]);
  });
});

describeReal('the remedies for OpenSMTPD', ['opensmtpd'], () => {
  const OPEN: readonly (readonly [OpenSmtpdPresetName, readonly FindingKind[]])[] = [
    ['open', ['spoofed-domain-send', 'third-party-relay']],
    ['own-sender', ['spoofed-domain-send']],
  ];

  test.for(OPEN)(
    'close %s, whose rule is taken out as they say',
    { timeout: PATIENCE_MS },
    async ([preset, expected]) => {
      expect(await findingsOf((nextHop) => startOpenSmtpd({ preset, nextHop }))).toEqual(expected);
      const [kind = 'third-party-relay'] = expected;
      const rules = REMEDY_OPENSMTPD[kind]?.lines ?? [];
      expect(await findingsOf((nextHop) => startOpenSmtpd({ preset: 'closed', nextHop, rules }))).toEqual([]);
    },
  );
});
