import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import { REST_SIZE } from '../../src/scenario/dialogue.ts';
import { CATALOGUE_ROWS, LEFT_OUT, PARTLY_LEFT_OUT } from '../../src/scenario/catalogue-rows.ts';
import { loadCatalogue, SHIPPED_SCENARIOS } from '../../src/scenario/load-catalogue.ts';
import type { Names } from '../../src/scenario/placeholder.ts';
import { fillText } from '../../src/scenario/placeholder.ts';
import { allScenarios, type Scenario } from '../../src/scenario/scenario.ts';
import { fillScenario } from '../../src/session/fill.ts';
import { recipientsOutOfScope } from '../../src/session/recipients.ts';
import type { Script, ScriptOutgoing } from '../../src/session/script.ts';
import { mailboxForm } from '../../src/smtp/mailbox-form.ts';

const NAMES: Required<Names> = {
  own: 'kiosk.example',
  'own-user': 'alice@kiosk.example',
  'own-user-local': 'alice',
  'other-own-user': 'bob@kiosk.example',
  nobody: 'nobody-here@kiosk.example',
  outside: 'v@outside.example',
  'outside-local': 'v',
  'outside-domain': 'outside.example',
  'outside-top-level': 'example',
  sender: 's@sender.example',
  'sender-local': 's',
  'sender-domain': 'sender.example',
  partner: 'partner.example',
  host: 'mx.kiosk.example',
  literal: '[198.51.100.25]',
  helo: 'client.example',
  'own-reverse-name': 'dynamic-7.isp.example',
  random: 'k3v9',
  'wrong-plain': 'd3Jvbmc=',
  'weak-plain-1': 'd2VhazE=',
  'weak-plain-2': 'd2VhazI=',
  'login-plain': 'AGFsaWNlQGtpb3NrLmV4YW1wbGUAc2VjcmV0',
  'login-plain-as-other': 'Ym9iQGV4YW1wbGUuY29tAGFsaWNlQGtpb3NrLmV4YW1wbGUAc2VjcmV0',
  'second-own': 'second.example',
  'own-idn': 'xn--bcher-kva.example',
  'outside-literal': '[198.51.100.99]',
  'mx-domain': 'backup.example',
  'listed-address': '10.99.0.1',
  autoresponder: 'robot@kiosk.example',
  'expanding-alias': 'everybody@kiosk.example',
};
/** Under the target's and the auditor's domain, the target's address, or loopback as some parser may read it. */
const NAMES_OF_NOBODY_ELSE =
  /^(?:(?:.*[.\u3002\uFF0E])?(?:kiosk|auditor)\.zz\.*|.*\.(?:test|localhost)|localhost|\[(?:198\.51\.100\.(?:25|99)|(?:IPv6:::ffff:)?127\.0\.0\.1|127\.1|383\.0\.0\.1)\])$/iu;
/** The own domain with letters glued to its front: somebody's, unless the letters are the audit's label of chance. */
const FRESH_LABEL = 'q012345678901234';
const GLUED = `${FRESH_LABEL}kiosk.zz`;
/** The label of chance in the top-level domain of the auditor, for which nothing but RCPT is sent. */
const NEIGHBOUR = `${FRESH_LABEL}.zz`;
/** Variants of the list that the catalogue was made from. */
const ROWS = 182;
const LISTED = '10.99.0.1';
const UNLISTED = '198.51.100.7';

/** What a question is about: the paths of the running transaction, without angle brackets. */
interface Envelope {
  readonly from: string;
  readonly to: string;
}

const PATH_COMMAND = /^(MAIL FROM|RCPT TO):[ \t]*<([^<>]*)>(?: [A-Z][^<>]*)?$/;
const ENDS_TRANSACTION = /^(?:RSET|EHLO|HELO)\b/;

function catalogue(): readonly Scenario[] {
  const loaded = loadCatalogue(SHIPPED_SCENARIOS);
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return allScenarios(loaded.value);
}

function filled(scenario: Scenario, names: Names = NAMES): Script {
  const outcome = fillScenario(scenario, names);
  if (outcome.kind !== 'filled') throw new Error(`${scenario.id} is ${outcome.kind}`);
  return outcome.script;
}

function linesOf(script: Script): readonly string[] {
  return script.steps.flatMap((step) => step.send.flatMap((sent) => ('text' in sent ? [sent.text] : [])));
}

/**
 * The envelopes that the questions at RCPT are about. The first sender of a transaction stands (RFC 5321 section 4.1.4).
 * Paths that are not in brackets are not read here: what they ask for is for their author alone to say.
 */
function askedEnvelopes(script: Script): readonly Envelope[] {
  const envelopes: Envelope[] = [];
  let from: string | null = null;
  for (const { send, replies } of script.steps) {
    for (const [index, sent] of send.entries()) {
      const line = 'text' in sent ? sent.text : 'RSET';
      if (ENDS_TRANSACTION.test(line)) from = null;
      const [, verb, path = ''] = PATH_COMMAND.exec(line) ?? [];
      if (verb === 'MAIL FROM') from ??= path;
      if (verb === 'RCPT TO' && from !== null && replies[index]?.kind === 'question')
        envelopes.push({ from, to: path });
    }
  }
  return envelopes;
}

function isMessage({ kind }: ScriptOutgoing): boolean {
  return kind === 'message' || kind === 'message-text' || kind === 'smuggled';
}

function isSound({ declares }: Scenario): boolean {
  return declares.form === 'plain' && declares.protocol === 'kept';
}

const scenarios = catalogue();
const withEnvelope = scenarios.flatMap((scenario) =>
  askedEnvelopes(filled(scenario)).map((envelope) => ({ id: scenario.id, scenario, envelope })),
);
const sound = withEnvelope.filter(({ scenario }) => isSound(scenario));

describe('the catalogue', () => {
  test('loads without a problem', () => {
    expect(loadCatalogue(SHIPPED_SCENARIOS)).toMatchObject({ kind: 'ok' });
  });

  test('names every family like its file', () => {
    for (const { family, location } of scenarios) expect(basename(location.file, '.yaml')).toBe(family);
  });

  test('gives every scenario an id of its own', () => {
    expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length);
  });

  test('covers every row that was taken up, with scenarios that exist', () => {
    const ids = scenarios.map(({ id }) => id);
    for (const [row, covering] of Object.entries(CATALOGUE_ROWS)) {
      expect(covering, `row ${row}`).not.toHaveLength(0);
      for (const id of covering) expect(ids, `row ${row}`).toContain(id);
    }
  });

  test('has scenarios for every variant of the list, or says why not', () => {
    const rows = Array.from({ length: ROWS }, (_, index) => index + 1);
    expect(rows.filter((row) => CATALOGUE_ROWS[row] === undefined && LEFT_OUT[row] === undefined)).toEqual([]);
    expect(Object.keys(LEFT_OUT).filter((row) => CATALOGUE_ROWS[Number(row)] !== undefined)).toEqual([]);
    expect(Object.keys(PARTLY_LEFT_OUT).filter((row) => CATALOGUE_ROWS[Number(row)] === undefined)).toEqual([]);
  });

  test('has no scenario that belongs to no row', () => {
    const covering = new Set(Object.values(CATALOGUE_ROWS).flat());
    expect(scenarios.map(({ id }) => id).filter((id) => !covering.has(id))).toEqual([]);
  });

  test('names nobody but the target, the auditor and reserved names as recipients', () => {
    // Names under a top-level domain that is not reserved, so that only their owner makes them right.
    const real: Names = {
      ...NAMES,
      random: FRESH_LABEL,
      own: 'kiosk.zz',
      'own-user': 'alice@kiosk.zz',
      'other-own-user': 'bob@kiosk.zz',
      nobody: 'nobody-here@kiosk.zz',
      outside: 'v@auditor.zz',
      'outside-domain': 'auditor.zz',
      'outside-top-level': 'zz',
      host: 'mx.kiosk.zz',
      'second-own': 'second.kiosk.zz',
      'own-idn': 'xn--bcher-kva.kiosk.zz',
      'mx-domain': 'backup.auditor.zz',
      autoresponder: 'robot@kiosk.zz',
      'expanding-alias': 'everybody@kiosk.zz',
    };
    const scope = { ownDomains: ['kiosk.zz'], outside: 'v@auditor.zz', targetNames: [] };
    expect(recipientsOutOfScope(`RCPT TO:<v@${GLUED}>`, scope)).toEqual([GLUED]);
    expect(recipientsOutOfScope(`RCPT TO:<v@${GLUED}>`, { ...scope, freshLabel: FRESH_LABEL })).toEqual([]);
    const nobody = { ownDomains: [], outside: 'nobody@nowhere.zz', targetNames: [] };
    for (const scenario of scenarios) {
      const recipients = linesOf(filled(scenario, real)).filter((line) => /^RCPT/i.test(line));
      const named = recipients.flatMap((line) => recipientsOutOfScope(line, nobody));
      for (const name of named)
        if (name !== GLUED && name !== NEIGHBOUR)
          // A name behind `-at-` is read with and without the word before it.
          expect(name.normalize('NFKC').replace(/^at-/, ''), scenario.id).toMatch(NAMES_OF_NOBODY_ELSE);
    }
  });

  test('completes no message that says nothing of where it comes from', () => {
    // What ends mail data in text of its own: a dot behind a line end or as the first line, and the last chunk.
    const ends = /(?:^|\\r\\n)\.\\r\\n|^BDAT .*\bLA/;
    for (const scenario of scenarios) {
      const sent = filled(scenario).steps.flatMap(({ send }) => send);
      for (const [index, one] of sent.entries()) {
        if (!('text' in one) || !ends.test(one.text)) continue;
        const carrier = one.text.includes(REST_SIZE) ? sent[index + 1] : sent.slice(0, index).findLast(isMessage);
        expect(carrier?.kind, `${scenario.id}: ${one.text}`).toBe('message-text');
      }
    }
  });

  test('asks for a login only where it uses one', () => {
    for (const { id, login, steps } of scenarios) {
      const saysAuth = steps.some(({ send }) =>
        send.some((sent) => sent.kind === 'line' && sent.text.startsWith('AUTH ')),
      );
      if (saysAuth) expect(login, id).not.toBe('any');
    }
  });
});

describe('what a scenario declares', () => {
  const policy = policyFromSettings({ domains: [NAMES.own, NAMES['second-own'], NAMES['own-idn']] });

  test.each(withEnvelope)('$id asks for the flow that the policy sees in its envelope', ({ scenario, envelope }) => {
    const decision = decide(policy, { ip: UNLISTED, login: null, ...envelope });
    expect(decision.flow).toBe(scenario.declares.flow);
    expect(fillText(scenario.declares.sender, NAMES)).toEqual({ kind: 'filled', text: envelope.from });
  });

  test.each(withEnvelope)('$id has the form that it declares', ({ scenario, envelope }) => {
    // RFC 5321 section 4.1.1.3 lets only a recipient be a bare postmaster.
    const sender = envelope.from === 'postmaster' ? 'ambiguous' : mailboxForm(envelope.from).kind;
    const form = sender === 'plain' ? mailboxForm(envelope.to).kind : sender;
    expect(form).toBe(scenario.declares.form);
  });

  test.each(sound)('$id gets from the default policy what its author says', ({ scenario, envelope }) => {
    const answer = (ip: string, login: string | null) => decide(policy, { ip, login, ...envelope }).action;
    expect({ listed: answer(LISTED, null), unlisted: answer(UNLISTED, null) }).toEqual(scenario.default);
    expect(answer(UNLISTED, 'alice'), 'with a login').toBe(scenario.default.listed);
  });

  test('the guard refuses to everybody what is ambiguous or breaks the protocol', () => {
    for (const scenario of scenarios) {
      if (!isSound(scenario)) expect(scenario.default, scenario.id).toEqual({ listed: 'refuse', unlisted: 'refuse' });
    }
  });

  test('nothing is safe to accept that the default policy refuses to everybody', () => {
    for (const { id, safe, default: answers } of scenarios) {
      if (safe === 'accept') expect(answers.listed, id).toBe('accept');
    }
  });
});
