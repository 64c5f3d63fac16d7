import type { DefectTable } from './defect.ts';
import { refusing } from './defect-decisions.ts';
import { writtenDomain } from './defect-paths.ts';

/** No holes: guards that refuse what they must take, which makes their other refusals worthless. */
export const STRICT_DEFECTS = {
  'refuses-everybody': {
    title: 'refuses every recipient',
    steps: { decide: refusing(() => true) },
  },
  'refuses-null-sender': {
    title: 'refuses every delivery report',
    steps: { decide: refusing(({ from }) => from === '') },
  },
  'refuses-postmaster': {
    title: 'does not know postmaster without a domain',
    steps: { decide: refusing(({ to }) => to === 'postmaster') },
  },
  'compares-domains-as-text': {
    title: 'does not know its own domain again in other letters',
    steps: { forwardPath: writtenDomain },
  },
  'refuses-messages': {
    title: 'refuses every message after it was sent',
    steps: { envelopeFor: () => null },
  },
  'ignores-logins': {
    title: 'takes a right login for none',
    steps: { login: () => null },
  },
  'forgets-login-at-rset': {
    title: 'forgets a login with the first transaction',
    steps: { login: ({ login, resetsSinceLogin }) => (resetsSinceLogin === 0 ? login : null) },
  },
} satisfies DefectTable;
