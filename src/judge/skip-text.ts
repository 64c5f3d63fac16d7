import { OPERATOR_NAMES, PLACEHOLDERS, type Placeholder } from '../scenario/placeholder.ts';
import type { SkipReason } from '../session/plan.ts';

/** Why a session was not run, as a sentence. */
export function skipText(reason: SkipReason): string {
  switch (reason.kind) {
    case 'missing-name':
      return `needs ${PLACEHOLDERS[reason.placeholder]}, ${whyMissing(reason.placeholder)}`;
    case 'needs-proof':
      return 'sends a message, which is done with --prove only';
    case 'needs-login':
      return 'needs a login (--login-env)';
    case 'no-change':
      return `does not apply: ${reason.reference} changes nothing about the name`;
    case 'intrusive':
      return 'could harm or annoy, and is done with --intrusive only';
    case 'other-port':
      return `is about port ${reason.ports.join(' and ')} only`;
    case 'unclaimable':
      return 'begins with its own bytes, so it cannot claim an address by XCLIENT before';
    case 'contradicted':
      return `does not apply: with these own domains ${reason.mailbox} is not what the scenario takes it for`;
    case 'pointless':
      return 'the plain question of its flow is accepted, so a trick on top would show nothing new';
    case 'too-many-refusals':
      return `may earn ${reason.refusals} refusals at once, more than this pace allows`;
    case 'turned':
      return 'the server had turned on us before it was asked';
    case 'out-of-scope':
      return outOfScopeText(reason.names);
    case 'unconfirmed-name':
      return `the server calls itself ${reason.name}, which is not yours by what the audit was told: name it with --name ${reason.name} if it is`;
  }
}

/** Why nothing was sent that names these, by the plan or by the gate before the wire. */
export function outOfScopeText(names: readonly string[]): string {
  return `names ${names.join(', ')}, which is outside the scope: nothing is sent that names a mailbox of somebody else`;
}

function whyMissing(placeholder: Placeholder): string {
  if (placeholder === 'own-reverse-name') return 'and no PTR record was found for it within a second';
  return `which was not named${OPERATOR_NAMES.some((name) => name === placeholder) ? ` (--fill ${placeholder}=...)` : ''}`;
}
