import type { DefectTable } from './defect.ts';
import { decidingOn, exempting } from './defect-decisions.ts';
import { behindCarriageReturn, lastBuffer, oldVerb, sideService, webRequest } from './defect-lines.ts';
import { NO_GREETING } from './session-facts.ts';

/** Holes in logins, parameters, and in what a session remembers. */
export const SESSION_DEFECTS = {
  'auth-attempt-trusted': {
    title: 'takes whoever tried to log in for logged in',
    steps: { login: (facts) => facts.login ?? (facts.triedLogin ? 'somebody' : null) },
  },
  'any-password': { title: 'takes every password', steps: { provesLogin: () => true } },
  'empty-password': {
    title: 'takes an empty password',
    steps: { provesLogin: (attempt) => attempt.verified || attempt.password === '' },
  },
  'login-may-forge': {
    title: 'lets a login send in the name of foreign domains',
    steps: { decide: exempting(({ login }, _facts, _policy, sound) => login !== null && sound.flow === 'relay') },
  },
  'login-survives-starttls': {
    title: 'keeps a login from before STARTTLS',
    steps: { login: (facts) => facts.login ?? facts.staleLogin },
  },
  'mail-auth-parameter-trusted': {
    title: 'takes the AUTH parameter of MAIL for a login',
    steps: {
      takesUnknownParameters: true,
      login: (facts) => facts.login ?? facts.mailParameters.get('AUTH') ?? null,
    },
  },
  'original-recipient-decides': {
    title: 'asks the policy about the ORCPT parameter instead of the recipient',
    steps: {
      takesUnknownParameters: true,
      decide: decidingOn(({ to }, { rcptParameters }) => rcptParameters.get('ORCPT')?.replace(/^rfc822;/i, '') ?? to),
    },
  },
  'first-recipient-decides': {
    title: 'takes every recipient after the first that was admitted',
    steps: { decide: exempting((_request, { admitted }) => admitted > 0) },
  },
  'refused-recipient-kept': {
    title: 'delivers to refused recipients, too, when one was admitted',
    steps: { keepsRefusedRecipients: true },
  },
  'data-accepted-without-recipients': {
    title: 'takes DATA when all recipients were refused, and delivers to them',
    steps: { takesDataWithoutRecipients: true },
  },
  'flag-survives-rset': {
    title: 'takes every recipient once an earlier transaction had an admitted one',
    steps: { decide: exempting((_request, { admittedBefore }) => admittedBefore) },
  },
  'flag-survives-message': {
    title: 'takes every recipient after the first delivered message',
    steps: { decide: exempting((_request, { delivered }) => delivered > 0) },
  },
  'old-verbs-unchecked': {
    title: 'takes SEND, SOML and SAML for MAIL and forgets to check',
    steps: { readsLine: oldVerb, decide: exempting((_request, { misread }) => misread) },
  },
  'parameters-skip-check': {
    title: 'forgets to check where a command has parameters',
    steps: {
      takesUnknownParameters: true,
      decide: exempting(
        (_request, { mailParameters, rcptParameters }) => mailParameters.size + rcptParameters.size > 0,
      ),
    },
  },
  'greeting-not-needed': {
    title: 'asks nobody for a greeting, and lets who gave none send everywhere',
    steps: { takesMailWithoutGreeting: true, decide: exempting((_request, { helo }) => helo === NO_GREETING) },
  },
  'login-in-the-clear': {
    title: 'offers and takes a login before TLS',
    steps: { takesLoginInTheClear: true },
  },
  'acts-as-anybody': {
    title: 'lets a login act as any other user',
    steps: { provesLogin: (attempt) => attempt.verified },
  },
  'side-services-open': {
    title: 'says yes to VRFY, EXPN, ETRN, TURN and ATRN',
    steps: { readsLine: sideService },
  },
  'encryption-trusted': {
    title: 'lets clients relay that have begun TLS',
    steps: { decide: exempting((_request, { secure }) => secure) },
  },
  'tires-of-checking': {
    title: 'checks only the first five transactions of a connection',
    steps: { decide: exempting((_request, { transactions }) => transactions >= 5) },
  },
  'long-line-cut': {
    title: 'cuts a long line at the end of a buffer and runs what is left as a command',
    steps: { readsLine: lastBuffer },
  },
  'browser-served': {
    title: 'passes over the lines of a web request, and relays',
    steps: { readsLine: webRequest, decide: exempting(() => true) },
  },
  'carriage-return-ends-command': {
    title: 'runs what stands behind a bare CR in a command and forgets to check it',
    steps: { readsLine: behindCarriageReturn, decide: exempting((_request, { misread }) => misread) },
  },
  'recipients-survive-rset': {
    title: 'keeps the recipients over RSET',
    steps: { survivesReset: 'recipients' },
  },
  'transaction-survives-greeting': {
    title: 'goes on with a transaction after another greeting, and does not check any more',
    steps: { survivesReset: 'transaction', decide: exempting((_request, { admittedBefore }) => admittedBefore) },
  },
} satisfies DefectTable;
