import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import type { GuardSteps } from './steps.ts';

type EnvelopeFor = GuardSteps['envelopeFor'];

/** Fields that name somebody to whom something could be sent (RFC 5322 §3.6, RFC 8098 §2.1). */
const RECIPIENT_FIELD =
  /^(?:To|Cc|Bcc|Resent-To|Return-Path|Errors-To|Disposition-Notification-To):[^\r\n<]{0,200}<([^<>\s]{1,300})>/gim;

/** Gateways that read their recipients from the header do so for strangers, too. */
export const withHeaderRecipients: EnvelopeFor = (envelope, message) => {
  const [header = ''] = message.split('\r\n\r\n', 1);
  const named = [...header.matchAll(RECIPIENT_FIELD)].map(([, mailbox = '']) => mailbox);
  return { ...envelope, to: [...new Set([...envelope.to, ...named])] };
};

/** A bounce, a receipt or an automatic answer, as far as the victim can tell. */
export const withItsSender: EnvelopeFor = (envelope) =>
  envelope.from === '' ? envelope : { ...envelope, to: [...new Set([...envelope.to, envelope.from])] };

/** RFC 5322 §3.6.2. */
const AUTHOR_FIELD = /^From:[^\r\n<]{0,200}<([^<>\s]{1,300})>/im;

/** Mail for others goes out when its header names an own author, whoever brings it. */
export const forOwnAuthors: EnvelopeFor = (envelope, message, { ownDomains }) => {
  const [header = ''] = message.split('\r\n\r\n', 1);
  const isOwn = (mailbox: string): boolean => {
    const { domain } = splitEnvelopeAddress(mailbox);
    return domain === null || ownDomains.includes(domain);
  };
  const author = AUTHOR_FIELD.exec(header)?.[1];
  return (author !== undefined && isOwn(author)) || envelope.to.every(isOwn) ? envelope : null;
};
