import { channel } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderFor } from '../program.ts';
import { readRecipients } from './read-recipients.ts';
import { recordWire } from './record-wire.ts';

const SCOPE = {
  ownDomains: ['own.zz'],
  outside: 'first.last@auditor.zz',
  targetNames: ['mx.own.zz', '[198.51.100.25]'],
};

test.each([
  'RCPT TO:<v@victim.zz>',
  'RCPT TO:<v@victim>',
  'rcpt to:v@victim.zz',
  'RCPT TO:<v%victim.zz@own.zz>',
  'RCPT TO:<victim.zz!v@own.zz>',
  'RCPT TO:<v_victim.zz@own.zz>',
  'RCPT TO:<v+40victim.zz@own.zz>',
  'RCPT TO:<v@[203.0.113.9]>',
  'x'.repeat(2000) + 'RC\0PT TO:<v@victim.zz>',
])('the recorder sees %j as out of scope', (line) => {
  expect(readRecipients([line, 'QUIT'], SCOPE)).toMatchObject({
    commands: 2,
    recipients: 1,
    outOfScope: [expect.any(String)],
  });
});

test.each([
  'RCPT TO:<first.last@auditor.zz>',
  'RCPT TO:<first.last+1@AUDITOR.ZZ.>',
  'RCPT TO:<a@own.zz>',
  'RCPT TO:<v=auditor.zz@sub.own.zz>',
  'RCPT TO:<@own.zz:v@x.test>',
  'RCPT TO:<v@[198.51.100.25]>',
  'RCPT TO:<v@[127.1]>',
])('the recorder sees %j as in scope', (line) => {
  expect(readRecipients([line], SCOPE)).toEqual({ commands: 1, recipients: 1, outOfScope: [] });
});

test('what is sent in pieces is counted once', () => {
  const file = join(folderFor(), 'counts');
  const finish = recordWire(file);
  const connection = {};
  for (const text of ['RC', 'PT TO:<v@own', '.zz>\r\nQU', 'IT\r\n'])
    channel('relayproof:bytes-out').publish({ connection, bytes: Buffer.from(text), scope: SCOPE });
  finish();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    commands: 2,
    recipients: 1,
    outOfScope: [],
  });
});

test('where nothing is to be sent, nothing is in scope', () => {
  expect(readRecipients(['RCPT TO:<v@own.zz>'], null).outOfScope).toEqual([' TO:<v@own.zz>']);
});
