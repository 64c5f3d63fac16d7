import { describe, expect, test } from 'vitest';
import { auditNames, recipientScope } from '../../src/audit/names.ts';
import type { AuditIdentities } from '../../src/audit/request.ts';
import { loadCatalogue, SHIPPED_SCENARIOS } from '../../src/scenario/load-catalogue.ts';
import { allScenarios } from '../../src/scenario/scenario.ts';
import { canaryMessage } from '../../src/session/canary-message.ts';
import { fillScenario } from '../../src/session/fill.ts';
import { OutgoingGate } from '../../src/session/outgoing-gate.ts';
import type { RecipientScope } from '../../src/session/recipients.ts';
import { scriptOutOfScope } from '../../src/session/script-scope.ts';
import { mailDataBytes } from '../../src/smtp/command.ts';

const SCOPE: RecipientScope = {
  ownDomains: ['own.zz'],
  outside: 'v@auditor.zz',
  targetNames: ['mx.own.zz', '[198.51.100.25]'],
  senders: ['sender.zz'],
  mailboxes: ['jean-luc_x.picard@own.zz'],
  contact: 'Ann <ann@contact.zz>',
};

/** What the gate refuses of several writes on one connection. */
function refused(...writes: readonly string[]): readonly string[] {
  const gate = new OutgoingGate(SCOPE);
  return writes.map((bytes) => gate.refuse(Buffer.from(bytes, 'latin1'))).find((names) => names.length > 0) ?? [];
}

describe('bytes pass the gate', () => {
  test.each([
    'EHLO client.of.somebody.zz\r\n',
    'MAIL FROM:<s@sender.zz> SIZE=1000 BODY=8BITMIME\r\n',
    'MAIL FROM:<>\r\n',
    'AUTH PLAIN AGZvb+40YmFyYmF6cXV4Zm9vYmFy\r\n',
    'RCPT TO:<jean-luc_x.picard+v=auditor.zz@own.zz>\r\n',
    'RCPT TO:<v_auditor.zz@own.zz>\r\n',
    'RCPT TO:<v_at_auditor.zz@own.zz>\r\n',
    'RCPT TO:<v#auditor.zz@own.zz>\r\n',
    'RCPT TO:<SRS0=aaaa=tt=auditor.zz=v@own.zz>\r\n',
    'XCLIENT ADDR=192.0.2.1 NAME=[UNAVAILABLE]\r\n',
    'X-Result: dkim=pass header.d=somebody.zz policy.of.somebody.zz=none to a@own.zz\r\n',
    'Received: from mail.somebody.zz by mx.own.zz; see https://somebody.zz/a.b\r\n',
    'From: <s@sender.zz>\r\nTo: a@own.zz,\r\n v@auditor.zz\r\n',
    'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*\r\n',
  ])('%j', (bytes) => {
    expect(refused(bytes)).toEqual([]);
  });
});

describe('bytes are held back', () => {
  test.each([
    ['RCPT TO:<s@sender.zz>\r\n', 'sender.zz'],
    ['MAIL FROM:<v@victim.zz>\r\n', 'victim.zz'],
    ['MAIL FROM:<s@sender.zz> AUTH=v@victim.zz\r\n', 'victim.zz'],
    ['RCPT TO:<a@own.zz> ORCPT=rfc822;v+40victim.zz\r\n', 'victim.zz'],
    ['ETRN victim.zz\r\n', 'victim.zz'],
    ['To: v@victim.zz\r\n', 'victim.zz'],
    ['To: v@\r\n victim.zz\r\n', 'victim.zz'],
    ['To: v@\r\n. victim.zz\r\n', 'victim.zz'],
    ['To: v=40vic=\r\ntim.zz\r\n', 'victim.zz'],
    ['To: =?utf-8?b?dkB2aWN0aW0ueno=?=\r\n', 'victim.zz'],
    ['To: SRS0=aaaa=tt=victim.zz=v@own.zz\r\n', 'victim.zz'],
    ['To: v at victim.zz\r\n', 'victim.zz'],
    ['To: v&#x40;victim&#46;zz\r\n', 'victim.zz'],
    ['To: v%2540victim.zz\r\n', '2540victim.zz'],
    ['To: v(comment)@(a comment)victim.zz\r\n', 'victim.zz'],
    ['To: v@vic\0tim.zz\r\n', 'vic\0tim.zz'],
    ['To: v@\xef\xbd\x96ictim.zz\r\n', '\uff56ictim.zz'],
    ['To: v\xef\xbc\xa0victim.zz\r\n', 'victim.zz'],
    ['To: v@victim\xe3\x80\x82zz\r\n', 'victim\u3002zz'],
    ['To: v@b\xc3\xbccher.zz\r\n', 'b\u00fccher.zz'],
    ['To: v@b\xfccher.zz\r\n', 'b\ufffdcher.zz'],
    ['Bcc: victim.zz!v\r\n', 'victim.zz'],
    ['Audit authorized by: Ann <ann@contact.zz>, v@victim.zz\r\n', 'contact.zz'],
    ['RCPT TO:<ann@contact.zz>\r\n', 'contact.zz'],
  ])('%j, for %j', (bytes, name) => {
    expect(refused(bytes)).toContain(name);
  });

  test('where a line is put together from several writes, whatever TLS begins between them', () => {
    expect(refused('RCPT TO:<v@own', '.zz', '.victim.zz>\r\n')).toContain('own');
    expect(refused('To: v@own.zz', '.victim.zz\r\n')).toEqual(['own.zz.victim.zz']);
    expect(refused('To: v@\r\n', ' victim.zz\r\n')).toEqual(['victim.zz']);
    expect(refused('To: v=40=\r\n', 'victim.zz\r\n')).toEqual(['victim.zz']);
  });

  test('where names were held back before: what follows was meant to stand behind them', () => {
    expect(refused('To: v@victim.zz', 'QUIT\r\n')).toEqual(['victim.zz']);
    const gate = new OutgoingGate(SCOPE);
    gate.refuse(Buffer.from('To: v@victim.zz'));
    expect(gate.refuse(Buffer.from('QUIT\r\n'))).toEqual(['victim.zz']);
  });

  test('where nothing is to be sent at all', () => {
    expect(() => new OutgoingGate(null).refuse(Buffer.from('QUIT\r\n'))).toThrow('to send none');
  });
});

test('the message may name who answers for the audit, in the words of the operator', () => {
  const note = {
    token: 'rp1-x',
    scenario: 'x',
    target: 'mx.own.zz port 25',
    from: 's@sender.zz',
    to: 'v@auditor.zz',
    authorizedBy: SCOPE.contact ?? null,
    date: 'Thu, 01 Jan 1970 00:00:00 +0000',
  };
  const bytes = mailDataBytes(canaryMessage(note));
  expect(bytes.toString()).toContain('ann@contact.zz');
  expect(new OutgoingGate(SCOPE).refuse(bytes)).toEqual([]);
  expect(new OutgoingGate({ ...SCOPE, contact: 'Bob' }).refuse(bytes)).toEqual(['contact.zz']);
});

const ORDINARY: AuditIdentities = {
  ownDomains: ['example.com', 'second.example.com'],
  ownUsers: [],
  outside: 'relayproof@example.net',
  from: 'relayproof@example.org',
  helo: 'relayproof.example.org',
  partner: 'partner.test',
  weakLogins: [{ user: 'a', password: 'b' }],
};
const OWNED: AuditIdentities = {
  ownDomains: ['kiosk.zz', 'second.zz', 'xn--bcher-kva.zz'],
  ownUsers: ['jean-luc_x.picard@kiosk.zz', 'bob@kiosk.zz'],
  outside: 'first.last@au-ditor.yy',
  from: 'me.you@from.xx',
  helo: 'mail.client.ww',
  partner: 'partner.vv',
  weakLogins: [],
  fills: { 'outside-literal': '[198.51.100.9]', 'mx-domain': 'backup.uu', autoresponder: 'r@kiosk.zz' },
};

test.each([
  ['reserved names', ORDINARY],
  ['names of the operator', OWNED],
])('every shipped scenario passes the gate with %s', (_, identities) => {
  const target = { address: '198.51.100.25', name: 'mx.kiosk.zz' };
  const login = { user: 'bob@kiosk.zz', password: 'secret' };
  const names = auditNames(identities, target, login, () => '0123456789ab');
  const scope = recipientScope(identities, target, names.random ?? null);
  const loaded = loadCatalogue(SHIPPED_SCENARIOS);
  if (loaded.kind !== 'ok') throw new Error(loaded.kind);
  let ran = 0;
  for (const scenario of allScenarios(loaded.value)) {
    const filled = fillScenario(scenario, names);
    if (filled.kind !== 'filled') continue;
    ran += 1;
    expect(scriptOutOfScope(filled.script, scope), scenario.id).toEqual([]);
  }
  expect(ran).toBeGreaterThan(280);
});

test.each(['[', '(', ')', ' \t', 'r ', 'a@', 'a.b@', '=40', '&#', '(a)', ' at ', '-.', '=\r\n', 'RCPT', '\0', '@\xc3'])(
  'a session full of %j is read in a time that grows with its length only',
  (piece) => {
    const took = [16_384, 131_072].map((size) => {
      const bytes = Buffer.from(piece.repeat(size / piece.length), 'latin1');
      const begun = performance.now();
      new OutgoingGate(SCOPE).refuse(bytes);
      return performance.now() - begun;
    });
    // Eight times as much; sixty-four times as long where each place looked at all the others.
    expect(took[1]).toBeLessThan(40 * Math.max(took[0] ?? 0, 25));
  },
);
