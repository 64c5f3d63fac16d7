import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';
import { LEFT_OUT_MARK } from './left-out-reporter.ts';
import { namespaceRefusal } from './namespaces.ts';
import { POSTFIX_MASTER } from './postfix.ts';
import { findUnpacked } from './unpacked.ts';
import type { UnpackedName } from './unpacked.ts';

/** What a test with real servers can need of the machine. */
export type RealNeed = 'postfix' | UnpackedName | 'namespaces' | 'tmux';

type Availability = { readonly kind: 'here' } | { readonly kind: 'missing'; readonly reason: string };

const LOOK: Readonly<Record<RealNeed, () => Availability>> = {
  postfix: () => (existsSync(POSTFIX_MASTER) ? asRoot() : { kind: 'missing', reason: 'Postfix is not installed' }),
  exim: () => unpacked('exim'),
  opensmtpd: () => unpacked('opensmtpd'),
  sendmail: () => unpacked('sendmail'),
  tmux: () => (isInPath('tmux') ? { kind: 'here' } : { kind: 'missing', reason: 'tmux is not installed' }),
  namespaces: () => {
    const refusal = namespaceRefusal();
    return refusal === null ? { kind: 'here' } : { kind: 'missing', reason: refusal };
  },
};

/** Looks for it now; nothing is started or installed. */
function availability(need: RealNeed): Availability {
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

function isInPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function inCi(): boolean {
  return !['', '0', 'false'].includes(process.env['CI'] ?? '');
}

function unpacked(name: UnpackedName): Availability {
  return findUnpacked(name) === null ? { kind: 'missing', reason: `${name} is not unpacked` } : asRoot();
}

function asRoot(): Availability {
  return process.getuid?.() === 0 ? { kind: 'here' } : { kind: 'missing', reason: 'only root can start mail servers' };
}
