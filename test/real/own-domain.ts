/** The domain that every server of the tests receives mail for. */
export const OWN_DOMAIN = 'example.com';

/** Local parts of the mailboxes that exist in it. */
export const OWN_USERS: readonly string[] = ['alice', 'bob', 'postmaster', 'abuse'];

/** The name that servers greet with. */
export const SERVER_NAME = 'mail.example.com';

/** The logins that are right where a preset asks for a login, unless a test names others: passwords by user name. */
export const OWN_LOGINS: Readonly<Record<string, string>> = { alice: 'right-password' };
