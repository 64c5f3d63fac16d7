/** Scenarios that catch no planted defect, and why: a scenario that could never go wrong would prove nothing. */
export const CATCHES_NOTHING: Readonly<Record<string, string>> = {
  backscatter:
    'a guard never sends a bounce; Postfix and Exim that take foreign mail and send it back are audited with real servers',
  'inbound-source-route': 'ignoring the route and refusing it are both right',
  'unknown-mailbox': 'a control: a guard knows domains and no mailboxes, and either answer is right',
};
