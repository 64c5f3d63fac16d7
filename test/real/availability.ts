import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';
import { LEFT_OUT_MARK } from './left-out-reporter.ts';
import { namespaceRefusal } from './namespaces.ts';
import { POSTFIX_MASTER } from './postfix.ts';
import { findUnpacked } from './unpacked.ts';
import type { UnpackedName } from './unpacked.ts';

/** Programs that are found in the path. */
type ProgramName = 'tmux' | 'xmllint' | 'jq' | 'chromium';

/** What a test can need of the machine beside Node. */
export type RealNeed = 'postfix' | UnpackedName | 'namespaces' | ProgramName | 'sarif-multitool';

type Availability = { readonly kind: 'here' } | { readonly kind: 'missing'; readonly reason: string };

const LOOK: Readonly<Record<RealNeed, () => Availability>> = {
  postfix: () => (existsSync(POSTFIX_MASTER) ? asRoot() : { kind: 'missing', reason: 'Postfix is not installed' }),
  exim: () => unpacked('exim'),
  opensmtpd: () => unpacked('opensmtpd'),
  sendmail: () => unpacked('sendmail'),
  tmux: () => program('tmux'),
  xmllint: () => program('xmllint'),
  jq: () => program('jq'),
  chromium: () => program('chromium'),
  'sarif-multitool': () =>
    process.platform === 'linux' ? { kind: 'here' } : { kind: 'missing', reason: 'the SARIF checker is run on Linux' },
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
 * A suite that needs real servers, or other programs. Where one is missing, the suite fails in CI, and is left out
 * elsewhere: the reporter of `left-out-reporter.ts` then names each test that did not run.
 */
export function describeReal(name: string, needs: readonly RealNeed[], suite: () => void): void {
  const reasons = needs.map(availability).flatMap((found) => (found.kind === 'missing' ? [found.reason] : []));
  if (reasons.length === 0) {
    describe(name, suite);
  } else if (inCi()) {
    test(`${name}: what it needs is here`, () => {
      throw new Error(`${reasons.join('; ')}. \`.ci/install-servers\` and \`.ci/install-report-tools\` bring it.`);
    });
  } else {
    describe.skip(`${name} ${LEFT_OUT_MARK}${reasons.join('; ')})`, suite);
  }
}

function program(name: ProgramName): Availability {
  const isInPath = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
  return isInPath ? { kind: 'here' } : { kind: 'missing', reason: `${name} is not installed` };
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
