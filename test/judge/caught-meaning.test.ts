import { describe, expect, test } from 'vitest';
import { caughtMeaning } from '../../src/judge/caught-meaning.ts';
import { compileOwnDomains } from '../../src/policy/own-domains.ts';
import { envelopeSteps } from '../../src/scenario/envelope-steps.ts';
import type { Flow } from '../../src/policy/flow.ts';
import type { Names } from '../../src/scenario/placeholder.ts';

const NAMES: Names = {
  own: 'example.com',
  'own-user': 'alice@example.com',
  outside: 'relayproof@example.net',
  'outside-domain': 'example.net',
  sender: 'stranger@example.org',
  random: 'r1',
  host: 'mx.example.com',
  literal: '[198.51.100.25]',
};

/** What it means that a canary sent from `mail` to `rcpt` came out from `from` for `to`. */
function meaning(
  flow: Flow,
  mail: string,
  rcpt: string,
  to: string,
  from = 'stranger@example.org',
  controlsWentTo: readonly string[] = [],
): string {
  const scenario = {
    declares: { flow, form: 'plain', sender: mail, recipient: null, protocol: 'kept' },
    steps: envelopeSteps(`<${mail}>`, `<${rcpt}>`),
  } as const;
  const caught = { at: '', peer: '', helo: '', from, to, canary: null, received: [], subject: '' };
  return caughtMeaning(caught, scenario, NAMES, { ownDomains: compileOwnDomains(['example.com']), controlsWentTo });
}

const relay = (rcpt: string, to: string): string => meaning('relay', '{sender}', rcpt, to);

describe('a canary that came out', () => {
  test.for([
    ['{outside}', 'relayproof@example.net'],
    ['{outside}', 'RelayProof@EXAMPLE.NET.'],
    ['{outside}@', 'relayproof@example.net@'],
    ['relayproof%example.net@{own}', 'relayproof@example.net'],
    ['{own-user}\u3002{outside-domain}', 'alice@example.com.example.net'],
    ['v@{random}.test', 'v@r1.test'],
    ['v@b\u00fccher.test', 'v@xn--bcher-kva.test'],
    ['v@relayproof{own}', 'v@relayproofexample.com'],
    ['v@[203.0.113.9]', 'v@[203.0.113.9]'],
  ])('for a name that the audit brought along was relayed: %s as %s', ([rcpt = '', to = '']) => {
    expect(relay(rcpt, to)).toBe('relayed');
  });

  test.for([
    ['relayproof%example.net@{own}', 'relayproof%example.net@example.com', 'at the own domain'],
    ['v@{host}', 'v@mx.example.com', 'at the name of the server'],
    ['v@{literal}', 'v@[198.51.100.25]', 'at its address'],
    ['v@[127.1]', 'v@[127.1]', 'at an address that every host has'],
    ['postmaster', 'postmaster', 'at no domain'],
  ])('for %s as %s is where it belongs: %s', ([rcpt = '', to = '']) => {
    expect(relay(rcpt, to)).toBe('delivered');
  });

  test('for a host behind is where it belongs if mail for own users goes there, and a doubt if nobody knows it', () => {
    for (const to of ['alice@[10.0.0.9]', 'alice@mailbox.internal']) {
      const control = to.replace('alice', 'bob');
      expect(meaning('relay', '{sender}', '{own-user}', to, 's@x.test', [control])).toBe('delivered');
      expect(meaning('relay', '{sender}', '{own-user}', to, 's@x.test')).toBe('elsewhere');
    }
    expect(relay('example.net!relayproof@{own}', 'relayproof@examplenet')).toBe('elsewhere');
  });

  test('for the mailbox to which an own user forwards is where it belongs', () => {
    const forwarded = (to: string): string => meaning('relay', '{sender}', '{own-user}', to, 's@x.test', [to]);
    expect(forwarded('other@example.net')).toBe('delivered');
  });

  test('for the very mailbox that is asked for tells nothing where an own user forwards there', () => {
    const outside = 'relayproof@example.net';
    const to = 'RelayProof@Example.net.';
    expect(meaning('relay', '{sender}', 'v%example.net@{own}', to, 's@x.test', [outside])).toBe('forwarded');
    expect(meaning('relay', '{sender}', '{outside}', to, 's@x.test', [outside])).toBe('forwarded');
    expect(meaning('inbound', '{sender}', '{own-user}', to, 's@x.test', [outside])).toBe('delivered');
    expect(meaning('relay', '{sender}', 'x@{outside-domain}', 'x@example.net', 's@x.test', [outside])).toBe('relayed');
  });

  test('from the null sender to a sender that the session names otherwise is a bounce, too', () => {
    const routed = '@example.com:relayproof@example.org';
    expect(meaning('relay', routed, '{outside}', 'relayproof@example.org', '')).toBe('bounced');
    expect(meaning('relay', routed, '{outside}', 'relayproof@example.net', '')).toBe('relayed');
  });

  test('from the null sender to its own sender is a bounce, be the sender an own one or not', () => {
    expect(meaning('relay', '{sender}', '{outside}', 'stranger@example.org', '')).toBe('bounced');
    expect(meaning('outbound', '{own-user}', '{outside}', 'alice@example.com', '')).toBe('bounced');
  });

  test('that was itself sent from the null sender is none', () => {
    expect(meaning('relay', '', '{outside}', 'relayproof@example.net', '')).toBe('relayed');
  });

  test('for a mailbox of the server may be forwarded to wherever its owner likes, but not to where the auditor is', () => {
    expect(meaning('inbound', '{sender}', '{own-user}', 'alice@elsewhere.test')).toBe('delivered');
    expect(meaning('inbound', '{sender}', 'IMCEASMTP-x@{own}', 'relayproof@example.net')).toBe('relayed');
  });
});
