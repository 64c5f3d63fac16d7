import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, decideDeclared } from '../../src/policy/decide.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import type { Flow } from '../../src/policy/flow.ts';
import { mailboxForm } from '../../src/smtp/mailbox-form.ts';
import { clientText, entryText, examplePolicy, ipv4Text, requestOf, SEED, settingsOf } from './arbitrary-policy.ts';

const STRANGER = '203.0.113.9';
const LISTED = '192.168.1.5';
const OWN = 'alice@example.com';
const FOREIGN = 'a@elsewhere.test';
const ALICE = { user: 'alice', passwordHash: 'scrypt$16384$8$1$SALT$HASH' };

describe('the default policy', () => {
  const policy = examplePolicy();

  test('answers the two requests of its documentation', () => {
    expect(decide(policy, { ip: STRANGER, login: null, from: FOREIGN, to: 'b@example.com' })).toEqual({
      action: 'accept',
      flow: 'inbound',
      listed: false,
      violated: [],
    });
    expect(decide(policy, { ip: STRANGER, login: null, from: FOREIGN, to: 'b@elsewhere.test' })).toEqual({
      action: 'refuse',
      flow: 'relay',
      listed: false,
      violated: ['restrictRelay.toListedIps', 'domainRestrictSend'],
      code: 550,
    });
  });

  test.each([
    [STRANGER, null, FOREIGN, OWN, 'accept', 'inbound', []],
    [STRANGER, null, OWN, 'bob@example.com', 'refuse', 'internal', ['restrictInternal.toListedIps']],
    [STRANGER, null, OWN, FOREIGN, 'refuse', 'outbound', ['restrictOutbound.toListedIps']],
    [STRANGER, 'alice', OWN, FOREIGN, 'accept', 'outbound', []],
    [STRANGER, 'alice', FOREIGN, FOREIGN, 'refuse', 'relay', ['domainRestrictSend']],
    [STRANGER, '', OWN, FOREIGN, 'refuse', 'outbound', ['restrictOutbound.toListedIps']],
    [LISTED, null, OWN, FOREIGN, 'accept', 'outbound', []],
    [LISTED, null, FOREIGN, FOREIGN, 'refuse', 'relay', ['domainRestrictSend']],
    ['::1', null, OWN, FOREIGN, 'accept', 'outbound', []],
    ['::2', null, OWN, FOREIGN, 'refuse', 'outbound', ['restrictOutbound.toListedIps']],
    [STRANGER, null, '', FOREIGN, 'refuse', 'relay', ['restrictRelay.toListedIps', 'domainRestrictSend']],
    [STRANGER, null, '', OWN, 'accept', 'inbound', []],
    [LISTED, null, '', FOREIGN, 'accept', 'relay', []],
    [STRANGER, 'alice', '', FOREIGN, 'accept', 'relay', []],
  ] as const)('tells %s (login %s) from `%s` to `%s`: %s', (ip, login, from, to, action, flow, violated) => {
    expect(decide(policy, { ip, login, from, to })).toMatchObject({ action, flow, violated });
  });
});

describe('the flow', () => {
  const policy = examplePolicy({ domains: ['example.com', '*.example.org', 'bücher.example', '[192.0.2.1]'] });
  test.each([
    ['b@EXAMPLE.COM.', 'inbound'],
    ['b@example.org', 'relay'],
    ['b@mail.example.org', 'inbound'],
    ['b@a.b.Example.Org', 'inbound'],
    ['b@.example.org', 'relay'],
    ['b@notexample.org', 'relay'],
    ['b@xn--bcher-kva.example', 'inbound'],
    ['b@BÜCHER.example', 'inbound'],
    ['b@[192.0.2.1]', 'inbound'],
    ['b@[192.0.2.2]', 'relay'],
    ['b@example.com.evil.test', 'relay'],
    ['b@evilexample.com', 'relay'],
    ['postmaster', 'inbound'],
    ['', 'inbound'],
    ['b@', 'relay'],
    ['b@.', 'relay'],
    ['b@example.com..', 'relay'],
    ['@elsewhere.test:b@example.com', 'inbound'],
    ['@example.com:b@elsewhere.test', 'relay'],
    ['@example.com,@[IPv6:::1]:b@example.com', 'inbound'],
    ['@a.test:@b.test:b@example.com', 'relay'],
    ['v%elsewhere.test@example.com', 'relay'],
    ['elsewhere.test!v@example.com', 'relay'],
    ['"v@elsewhere.test"@example.com', 'relay'],
    ['v\\@elsewhere.test@example.com', 'relay'],
    ['v@elsewhere.test@example.com', 'relay'],
    ['v%elsewhere.test', 'relay'],
    ['"v@elsewhere.test"', 'relay'],
    ['b@elsewhere.test@', 'relay'],
    ['"a b"@example.com', 'inbound'],
  ])('from elsewhere to `%s` is %s', (to, flow) => {
    expect(decide(policy, { ip: STRANGER, login: null, from: FOREIGN, to }).flow).toBe(flow);
  });

  test.each([
    ['a@example.com', 'outbound'],
    ['a@EXAMPLE.com.', 'outbound'],
    ['a%elsewhere.test@example.com', 'outbound'],
    ['"a@elsewhere.test"@example.com', 'outbound'],
    ['@elsewhere.test:a@example.com', 'outbound'],
    ['a@mail.example.org', 'outbound'],
    ['a@example.org', 'relay'],
    ['', 'relay'],
    ['alice', 'relay'],
    ['a@', 'relay'],
    ['"a@example.com"', 'relay'],
    ['a\\@example.com', 'relay'],
    ['a@[192.0.2.2]', 'relay'],
  ])('from `%s` to elsewhere is %s', (from, flow) => {
    expect(decide(policy, { ip: STRANGER, login: null, from, to: FOREIGN }).flow).toBe(flow);
  });
});

describe('the two lists', () => {
  test.each([
    [[], ['*.*.*.*'], STRANGER, true],
    [['10.*.*.*'], [], STRANGER, true],
    [[], [], STRANGER, true],
    [['10.*.*.*'], ['203.0.*.*'], STRANGER, false],
    [['203.0.113.*'], ['203.0.*.*'], STRANGER, true],
    [['10.*.*.*'], ['198.51.100.*'], STRANGER, true],
    [['10.*.*.*'], ['0.0.0.0/0'], '2001:db8::1', true],
    [['10.*.*.*'], ['*.*.*.*'], '2001:db8::1', false],
    [['10.*.*.*'], ['*.*.*.*'], '::ffff:10.9.8.7', true],
  ])('allow %j, disallow %j: %s is listed: %s', (allowRelayFrom, disallowRelayFrom, ip, listed) => {
    const policy = examplePolicy({ allowRelayFrom, disallowRelayFrom });
    expect(decide(policy, { ip, login: null, from: FOREIGN, to: OWN }).listed).toBe(listed);
  });
});

describe('a bounce to elsewhere', () => {
  const bounce = { login: null, from: '', to: FOREIGN };
  test('is exempt from the sender rules where an entry of the allow list matches', () => {
    const policy = examplePolicy({ userRestrictSend: true });
    expect(decide(policy, { ...bounce, ip: LISTED }).action).toBe('accept');
  });

  test('is exempt with a login, but not from restrictRelay.toAuthenticated without one', () => {
    const policy = examplePolicy({
      userRestrictSend: true,
      restrictRelay: { toListedIps: false, toAuthenticated: true },
    });
    expect(decide(policy, { ...bounce, ip: STRANGER, login: 'x' }).action).toBe('accept');
    expect(decide(policy, { ...bounce, ip: LISTED }).violated).toEqual(['restrictRelay.toAuthenticated']);
  });

  test('is not exempt by a blank list, nor by being on neither list', () => {
    const blank = examplePolicy({ allowRelayFrom: [], userRestrictSend: true });
    expect(decide(blank, { ...bounce, ip: LISTED }).violated).toEqual(['domainRestrictSend', 'userRestrictSend']);
    const blankDeny = examplePolicy({ disallowRelayFrom: [] });
    expect(decide(blankDeny, { ...bounce, ip: STRANGER }).violated).toEqual(['domainRestrictSend']);
    expect(decide(blankDeny, { ...bounce, ip: LISTED }).violated).toEqual([]);
  });
});

describe('users', () => {
  const policy = examplePolicy({
    users: ['Alice@example.com', 'kim@bücher.example'],
    userRestrictSend: true,
    domainRestrictSend: false,
  });
  test.each([
    ['alice@EXAMPLE.com.', true],
    ['ALICE@example.com', true],
    ['"alice"@example.com', false],
    ['bob@example.com', false],
    ['alice@example.org', false],
    ['alice', false],
    ['KIM@xn--bcher-kva.example', true],
    ['\u{212a}im@xn--bcher-kva.example', false],
    ['', false],
  ])('`%s` may send outward: %s', (from, may) => {
    const decision = decide(policy, { ip: '10.0.0.1', login: 'any', from, to: FOREIGN });
    expect(decision.violated.includes('userRestrictSend')).toBe(!may && from !== '');
  });

  test('a letter outside ASCII is compared without case, but never with an ASCII one', () => {
    const greek = examplePolicy({ users: ['Ωmega@example.com', 'İ@example.com'], userRestrictSend: true });
    const sends = (from: string) => decide(greek, { ip: LISTED, login: null, from, to: FOREIGN }).action;
    expect(sends('ωMEGA@example.com')).toBe('accept');
    expect(sends('i\u{307}@example.com')).toBe('refuse');
    expect(sends('İ@example.com')).toBe('accept');
  });

  test('without users nobody may', () => {
    const none = examplePolicy({ userRestrictSend: true });
    expect(decide(none, { ip: LISTED, login: null, from: OWN, to: FOREIGN }).violated).toEqual(['userRestrictSend']);
  });
});

describe('the reply code of a refusal', () => {
  const request = { ip: STRANGER, login: null, from: OWN, to: FOREIGN };
  test('is 530 where a login alone would be enough and the policy has one', () => {
    expect(decide(examplePolicy({ logins: [ALICE] }), request).code).toBe(530);
    expect(decide(examplePolicy(), request).code).toBe(550);
    expect(decide(examplePolicy({ logins: [ALICE] }), { ...request, from: FOREIGN }).code).toBe(550);
    expect(decide(examplePolicy({ logins: [ALICE] }), { ...request, from: '' }).code).toBe(530);
    expect(decide(examplePolicy({ logins: [ALICE] }), { ...request, from: FOREIGN, login: 'alice' }).code).toBe(550);
  });

  test('is absent from an acceptance', () => {
    expect('code' in decide(examplePolicy(), { ...request, ip: LISTED })).toBe(false);
  });
});

test('only a client address that is none is thrown at', () => {
  for (const ip of ['', 'localhost', '1.2.3', '010.0.0.1']) {
    expect(() => decide(examplePolicy(), { ip, login: null, from: '', to: '' })).toThrow(RangeError);
    expect(() => decideDeclared(examplePolicy(), { ip, login: null, flow: 'relay', sender: '' })).toThrow(RangeError);
  }
});

describe('theorems', () => {
  const run = <T>(assertion: fc.IProperty<T>): void => {
    fc.assert(assertion, { seed: SEED, numRuns: 3000 });
  };

  test('nothing relays by default', () => {
    run(
      fc.property(requestOf, (request) => {
        const decision = decide(examplePolicy(), { ...request, login: null });
        const isBounceOfAllowed = request.from === '' && decision.listed;
        if (decision.flow === 'relay' && !isBounceOfAllowed) expect(decision.action).toBe('refuse');
        if (decision.flow === 'outbound' && !decision.listed) expect(decision.action).toBe('refuse');
      }),
    );
  });

  test('authentication only lifts address checks', () => {
    run(
      fc.property(settingsOf, requestOf, (settings, request) => {
        const policy = policyFromSettings(settings);
        const anonymous = decide(policy, { ...request, login: null });
        const authenticated = decide(policy, { ...request, login: 'x' });
        expect(anonymous.violated).toEqual(expect.arrayContaining([...authenticated.violated]));
        const lifted = anonymous.violated.filter((rule) => !authenticated.violated.includes(rule));
        if (request.from !== '') expect(lifted.every((rule) => rule.startsWith('restrict'))).toBe(true);
      }),
    );
  });

  test('widening the allow list never refuses more', () => {
    run(
      fc.property(settingsOf, requestOf, entryText, (settings, request, entry) => {
        // A blank list is as wide as can be: the first entry narrows it.
        fc.pre(settings.allowRelayFrom.length > 0);
        const wider = policyFromSettings({ ...settings, allowRelayFrom: [...settings.allowRelayFrom, entry] });
        if (decide(policyFromSettings(settings), request).action === 'accept') {
          expect(decide(wider, request).action).toBe('accept');
        }
      }),
    );
  });

  test('a deny entry never accepts more', () => {
    run(
      fc.property(settingsOf, requestOf, entryText, (settings, request, entry) => {
        const stricter = policyFromSettings({ ...settings, disallowRelayFrom: [...settings.disallowRelayFrom, entry] });
        if (decide(policyFromSettings(settings), request).action === 'refuse') {
          expect(decide(stricter, request).action).toBe('refuse');
        }
      }),
    );
  });

  test('a refusal names its rule', () => {
    run(
      fc.property(settingsOf, requestOf, (settings, request) => {
        const decision = decide(policyFromSettings(settings), request);
        expect(decision.action === 'refuse').toBe(decision.violated.length > 0);
        expect(decision.code === undefined).toBe(decision.action === 'accept');
      }),
    );
  });

  test('inbound is never refused', () => {
    run(
      fc.property(settingsOf, requestOf, (settings, request) => {
        const decision = decide(policyFromSettings(settings), request);
        if (decision.flow === 'inbound') expect(decision.action).toBe('accept');
      }),
    );
  });

  test('a mapped IPv6 address is its IPv4 address', () => {
    run(
      fc.property(settingsOf, requestOf, ipv4Text, (settings, request, ip) => {
        const policy = policyFromSettings(settings);
        expect(decide(policy, { ...request, ip: `::ffff:${ip}` })).toEqual(decide(policy, { ...request, ip }));
      }),
    );
  });

  test('decide never throws for the syntax of an address', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 40 });
    run(
      fc.property(settingsOf, clientText, anything, anything, (settings, ip, from, to) => {
        const policy = policyFromSettings(settings);
        expect(['accept', 'refuse']).toContain(decide(policy, { ip, login: null, from, to }).action);
      }),
    );
  });

  test('a declared flow is decided like the same flow read from the addresses', () => {
    run(
      fc.property(settingsOf, requestOf, (settings, request) => {
        const policy = policyFromSettings(settings);
        const decision = decide(policy, request);
        const { ip, login, from } = request;
        const form = mailboxForm(from);
        const sender = form.kind === 'plain' ? form.mailbox : from;
        expect(decideDeclared(policy, { ip, login, flow: decision.flow, sender })).toEqual(decision);
      }),
    );
  });

  test('every flow is met', () => {
    const met = new Set<Flow>();
    run(
      fc.property(settingsOf, requestOf, (settings, request) => {
        met.add(decide(policyFromSettings(settings), request).flow);
      }),
    );
    expect([...met].sort()).toEqual(['inbound', 'internal', 'outbound', 'relay']);
  });
});
