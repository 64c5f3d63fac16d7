/** What a (sender, recipient) pair is to the server: not own to own, own to own, own to not own, not own to not own. */
export type Flow = 'inbound' | 'internal' | 'outbound' | 'relay';
