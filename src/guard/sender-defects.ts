import type { DefectTable } from './defect.ts';
import { domainOf, exempting, localPartOf, withoutUserCheck } from './defect-decisions.ts';
import { completedSender, unreadableSender, UNREADABLE } from './defect-paths.ts';
import { LOOPBACK_NAMES } from './defect-decisions.ts';

/** Holes by which a sender buys what only a client may have. */
export const SENDER_DEFECTS = {
  'open-relay': { title: 'accepts every recipient from everybody', steps: { decide: exempting(() => true) } },
  'trusts-own-sender': {
    title: 'sends out for everybody who names an own sender',
    steps: { decide: exempting((_request, _facts, _policy, sound) => sound.flow === 'outbound') },
  },
  'internal-from-anybody': {
    title: 'takes mail between own mailboxes from everybody',
    steps: { decide: exempting((_request, _facts, _policy, sound) => sound.flow === 'internal') },
  },
  'null-sender-exempt': {
    title: 'lets the null sender send everywhere',
    steps: { decide: exempting(({ from }) => from === '') },
  },
  'postmaster-sender-exempt': {
    title: 'lets postmaster and mailer-daemon send everywhere',
    steps: { decide: exempting(({ from }) => /^(?:postmaster|mailer-daemon)$/i.test(localPartOf(from))) },
  },
  'localhost-sender-exempt': {
    title: 'lets senders at localhost send everywhere',
    steps: { decide: exempting(({ from }) => LOOPBACK_NAMES.has(domainOf(from) ?? '')) },
  },
  'literal-sender-exempt': {
    title: 'lets senders at an address literal send everywhere',
    steps: { decide: exempting(({ from }) => domainOf(from)?.startsWith('[') === true) },
  },
  'guard-name-sender-exempt': {
    title: "lets senders at the server's own host name send everywhere",
    steps: {
      decide: exempting(({ from }, { guardName }) => domainOf(from)?.toLowerCase() === guardName.toLowerCase()),
    },
  },
  'bare-sender-exempt': {
    title: 'completes a sender without a domain and lets it send everywhere',
    steps: {
      reversePath: completedSender,
      decide: exempting(({ from }) => from !== '' && domainOf(from) === null),
    },
  },
  'sender-equals-recipient-exempt': {
    title: 'lets everybody write to themselves, wherever they are',
    steps: { decide: exempting(({ from, to }) => from.toLowerCase() === to.toLowerCase()) },
  },
  'unreadable-sender-exempt': {
    title: 'lets senders that it cannot read send everywhere',
    steps: { reversePath: unreadableSender, decide: exempting(({ from }) => from === UNREADABLE) },
  },
  'users-not-checked': {
    title: 'lets a login send in the name of anybody of its domain',
    steps: { decide: withoutUserCheck },
  },
} satisfies DefectTable;
