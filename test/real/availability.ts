import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, test } from 'vitest';
import { eximProgram } from './exim.ts';
import { LEFT_OUT_MARK } from './left-out-reporter.ts';
import { namespaceRefusal } from './namespaces.ts';
import { POSTFIX_MASTER } from './postfix.ts';

/** What a test with real servers can need of the machine. */
export type RealNeed = 'postfix' | 'exim' | 'namespaces';

export type Availability =
  { readonly kind: 'here'; readonly version: string } | { readonly kind: 'missing'; readonly reason: string };

const LOOK: Readonly<Record<RealNeed, () => Availability>> = {
  postfix: () =>
    existsSync(POSTFIX_MASTER)
      ? asRoot(firstLine('postconf', ['-d', '-h', 'mail_version']))
      : { kind: 'missing', reason: 'Postfix is not installed' },
  exim: () => {
    const program = eximProgram();
    return program === null
      ? { kind: 'missing', reason: 'Exim is not unpacked' }
      : asRoot(firstLine(program.path, ['-C', '/dev/null', '-bV'], program.env));
  },
  namespaces: () => {
    const refusal = namespaceRefusal();
    return refusal === null ? { kind: 'here', version: firstLine('ip', ['-V']) } : { kind: 'missing', reason: refusal };
  },
};

/** Looks for it now; nothing is started or installed. */
export function availability(need: RealNeed): Availability {
  return LOOK[need]();
}

/**
 * A suite that needs real servers. Where one is missing, the suite fails in CI, and is left out elsewhere: the reporter
 * of `left-out-reporter.ts` then names each test that did not run.
 */
export function describeReal(name: string, needs: readonly RealNeed[], suite: () => void): void {
  const reasons = needs.map(availability).flatMap((found) => (found.kind === 'missing' ? [found.reason] : []));
  if (reasons.length === 0) {
    describe(name, suite);
  } else if (inCi()) {
    test(`${name}: what it needs is here`, () => {
      throw new Error(`${reasons.join('; ')}. \`.ci/install-servers\` brings it.`);
    });
  } else {
    describe.skip(`${name} ${LEFT_OUT_MARK}${reasons.join('; ')})`, suite);
  }
}

function inCi(): boolean {
  return !['', '0', 'false'].includes(process.env['CI'] ?? '');
}

function asRoot(version: string): Availability {
  return process.getuid?.() === 0
    ? { kind: 'here', version }
    : { kind: 'missing', reason: 'only root can start mail servers' };
}

function firstLine(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const { stdout } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  return stdout.split('\n')[0] ?? '';
}
