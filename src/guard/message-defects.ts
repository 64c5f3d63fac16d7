import type { DefectTable } from './defect.ts';
import { exempting } from './defect-decisions.ts';
import { forOwnAuthors, withHeaderRecipients, withItsSender } from './defect-envelopes.ts';

/** Holes in where a message ends, what may be in it, and who gets it. */
export const MESSAGE_DEFECTS = {
  'bare-line-feed-ends-data': {
    title: 'ends mail data at a dot between bare line feeds',
    steps: { readsData: (bytes) => bytes.replace(/\r?\n\.\r?\n/g, '\r\n.\r\n') },
  },
  'bare-carriage-return-ends-line': {
    title: 'takes a bare CR for a line end in mail data',
    steps: { readsData: (bytes) => bytes.replace(/\r\n|\r|\n/g, '\r\n') },
  },
  'carriage-returns-collapsed': {
    title: 'takes several CR before a line feed for one in mail data',
    steps: { readsData: (bytes) => bytes.replace(/\r{2,8}\n/g, '\r\n') },
  },
  'nul-dropped-from-data': {
    title: 'drops NUL octets from mail data before it looks for the end',
    steps: { readsData: (bytes) => bytes.replaceAll('\0', '') },
  },
  'message-unchecked': {
    title: 'passes messages on that are too large, loop or hold NUL octets',
    steps: { forgives: () => true },
  },
  'header-recipients-added': {
    title: 'delivers to everybody that the header names as a recipient, too',
    steps: { envelopeFor: withHeaderRecipients },
  },
  'sender-gets-a-copy': {
    title: 'sends every message back to its sender, too',
    steps: { envelopeFor: withItsSender },
  },
  'own-author-trusted': {
    title: 'sends out for everybody whose header field From names an own mailbox',
    steps: {
      decide: exempting((_request, _facts, _policy, { flow }) => flow === 'outbound' || flow === 'relay'),
      envelopeFor: forOwnAuthors,
    },
  },
} satisfies DefectTable;
