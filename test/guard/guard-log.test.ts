import { describe, expect, test } from 'vitest';
import { hashPassword } from '../../src/policy/password-hash.ts';
import { plainResponse } from '../../src/smtp/sasl.ts';
import { until } from '../support/until.ts';
import { sayAll } from './client.ts';
import { MESSAGE, rigPolicy, startRig } from './rig.ts';

const SECRET = 'open-sesame-4711';
const logins = [{ user: 'alice', passwordHash: await hashPassword('wonderland', { N: 1024, r: 8, p: 1 }) }];

describe('what the guard says of its work', () => {
  test('names sessions, mailboxes and outcomes, and holds neither secrets nor control characters', async (context) => {
    const said: string[] = [];
    const note = (fields: object, message: string): number => said.push(JSON.stringify({ ...fields, message }));
    const rig = await startRig(context, {
      policy: rigPolicy({ logins }),
      allowInsecureAuth: true,
      logger: { info: note, warn: note },
    });
    const client = await rig.client();
    const response = plainResponse({ user: 'al\u{202e}ice', password: SECRET });
    await sayAll(client, [
      'EHLO \u001b[31mc.test',
      'EHLO c.test',
      `AUTH PLAIN ${response}`,
      'MAIL FROM:<s@elsewhere.test>',
      'RCPT TO:<bob@example.com>',
      'DATA',
      MESSAGE,
    ]);
    // A client that resets its connection in the middle of a message is a line of the log and nothing more.
    await sayAll(client, ['MAIL FROM:<s@elsewhere.test>', 'RCPT TO:<bob@example.com>', 'DATA']);
    client.reset();
    await until('the reset to be noted', () => said.some((line) => line.includes('a connection failed')));
    const text = said.join('\n');
    expect(text).toContain('"message":"login failed"');
    expect(text).toContain('"message":"message delivered"');
    expect(text).toContain('"to":["bob@example.com"]');
    // eslint-style classes of what must never reach a terminal: C0 but LF, DEL, C1, bidi marks
    expect(text).not.toMatch(/[\0-\t\v-\u001f\u007f-\u009f\u202a-\u202e]/);
    for (const form of [SECRET, response, Buffer.from(SECRET).toString('base64'), Buffer.from(SECRET).toString('hex')])
      expect(text).not.toContain(form);
  });
});
