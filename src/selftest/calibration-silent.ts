const NO_CHUNKING = 'a guard offers no CHUNKING; Exim does, and is audited with real servers';
const NO_ETRN = 'a guard offers no ETRN; Postfix does, and is audited with real servers';
const LIBRARY_FORGETS =
  'the library that the guard is made of drops all that came before TLS, which leaves nothing to plant';
const SUBMISSION = 'asked on ports 465 and 587 only, where it is the plain question of port 25';

/** Scenarios that catch no planted defect, and why: a scenario that could never go wrong would prove nothing. */
export const CATCHES_NOTHING: Readonly<Record<string, string>> = {
  'batv-forged': 'a server that ignores the tag delivers to its own user, which is no fault',
  'certificate-of-nobody': 'a guard asks no client for a certificate',
  'chunk-after-refusal': NO_CHUNKING,
  'chunk-folded-last': NO_CHUNKING,
  'chunk-size-overflow': NO_CHUNKING,
  'chunk-without-recipients': NO_CHUNKING,
  'data-after-chunk': NO_CHUNKING,
  'early-talker': 'the library turns away who talks before its greeting, which leaves nothing to plant',
  'end-inside-chunk': NO_CHUNKING,
  'end-nul-before-true-end': 'the end is a true one, so a second message behind it is one of its own right',
  'envelope-before-tls': LIBRARY_FORGETS,
  'etrn-outside': NO_ETRN,
  'etrn-own': NO_ETRN,
  'etrn-queue-name': NO_ETRN,
  'inbound-source-route': 'a control: ignoring the route and refusing it are both right',
  'injection-before-tls': LIBRARY_FORGETS,
  'line-feed-in-path': 'a reader that goes on behind the line feed asks the policy about what it finds there',
  'second-message-ahead': 'two whole messages in one write are two messages; a server may take both',
  'submission-inbound': SUBMISSION,
  'submission-spoof': SUBMISSION,
  'submission-third-party': SUBMISSION,
};
