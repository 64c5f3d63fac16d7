import { assert, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCaughtLines } from '../../src/catcher/caught-file.ts';
import { parseConfig } from '../../src/config/config-file.ts';
import { FORMATS, renderAll } from '../../src/report/formats.ts';
import { parseJournal } from '../../src/audit/journal-file.ts';
import { optionFault } from '../../src/config/option-fault.ts';
import { fills, vantages } from '../../src/config/option-values.ts';
import { parseAudits } from '../../src/config/saved-audit.ts';
import { parseRun } from '../../src/audit/saved-run.ts';
import { settleFindings } from '../../src/config/settlement.ts';
import { UsageError } from '../../src/document/usage-error.ts';
import type { Audit } from '../../src/judge/audit.ts';
import { judgeAudit, type RunRecord } from '../../src/judge/judge-audit.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { SHIPPED_SCENARIOS } from '../../src/scenario/load-catalogue.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import { auditWith, findingNamed } from '../support/audits.ts';
import { caughtOf, runRecordOf } from '../support/run-records.ts';
import { tampered } from '../support/tampering.ts';
import { asked, received, replyOf, transcriptOf } from '../support/transcripts.ts';
import { catalogueFrom } from '../../src/config/inputs.ts';

const CATALOGUE = catalogueFrom(SHIPPED_SCENARIOS);
const READ = parsePolicy('domains: [example.com]\nallowRelayFrom: [10.99.0.0/16]\n', 'policy.yaml');
const POLICY = READ.kind === 'ok' ? READ.value : null;
const PARAMETERS = { seed: 20261125, numRuns: 1500 };

const no = replyOf(550, '5.7.1 relaying denied');
const ENDS: readonly Transcript['end'][] = [
  { kind: 'completed' },
  { kind: 'diverged', stage: 'mail', reply: no, wanted: '250' },
  { kind: 'timed-out', stage: 'rcpt', detail: 'no answer' },
  { kind: 'garbled', stage: 'banner', fault: 'mixed-codes' },
  { kind: 'not-offered', needed: 'AUTH' },
];
const vantage = 'proxy=198.51.100.7';
const record: RunRecord = runRecordOf({
  vantageAddresses: { direct: null, [vantage]: '198.51.100.7' },
  transcripts: [
    transcriptOf({ scenario: 'inbound', turns: [received('rcpt', 250, 'ok')], asked: [asked('rcpt', 250, 'ok')] }),
    transcriptOf({
      asked: [asked('rcpt', 250, '2.1.5 ok')],
      turns: [{ kind: 'sent', at: 1, stage: 'rcpt', text: 'RCPT TO:<v@outside.test>' }, received('rcpt', 250, 'ok')],
      message: { kind: 'answered', stage: 'end-of-data', reply: replyOf(250, 'queued') },
      canary: 'token',
    }),
    ...ENDS.map((end, index) =>
      transcriptOf({
        id: `spoof ${index}`,
        scenario: index % 2 === 0 ? 'spoof-own-user' : 'internal-colleague',
        vantage,
        asked: [{ stage: 'rcpt', reply: no }],
        turns: [{ kind: 'note', at: 0, text: 'connected' }, received('rcpt', 550, 'no')],
        end,
      }),
    ),
  ],
  skipped: [
    {
      id: 'a',
      scenario: 'vrfy-outside',
      vantage: 'direct',
      login: null,
      variant: null,
      reason: { kind: 'missing-name', placeholder: 'partner' },
    },
  ],
  turned: [{ vantage, doubted: ['spoof 1'], unasked: ['b'], reason: 'turned' }],
  caught: [caughtOf('token')],
});

function renderEvery(audits: readonly Audit[]): void {
  for (const format of FORMATS) renderAll(format, audits, { color: false, width: 100, failOn: 'medium' });
}

/** Does it, unless the file is told to be wrong. Anything else that is thrown would be a bug of ours: exit code 70. */
function unlessWrong(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.message).toMatch(/^file(?::\d+)?: /);
  }
}

describe('a file that somebody has tampered with is told to be wrong, or read', () => {
  test('a saved run that nobody has is judged', () => {
    const audit = judgeAudit(parseRun(JSON.stringify(record), 'file'), CATALOGUE, POLICY);
    expect(audit.findings.length).toBeGreaterThan(0);
    renderEvery([audit]);
  });

  test('a saved run, judged by a policy and shown in every format', () => {
    assert(
      property(tampered(record), (text) =>
        unlessWrong(() => renderEvery([judgeAudit(parseRun(text, 'file'), CATALOGUE, POLICY)])),
      ),
      PARAMETERS,
    );
  }, 60_000);

  test('a journal', () => {
    const opened = JSON.stringify({ kind: 'opened', pid: 1, host: 'h' });
    const session = { kind: 'session', transcript: record.transcripts[1] };
    assert(
      property(tampered({ kind: 'planned', record }), tampered(session), (planned, next) =>
        unlessWrong(() => {
          const { record: run } = parseJournal(`${opened}\n${planned}\n${next}\n{"kind":`, 'file');
          if (run !== null) judgeAudit(run, CATALOGUE, POLICY);
        }),
      ),
      { ...PARAMETERS, numRuns: 500 },
    );
  }, 60_000);

  test('a saved audit, shown in every format and taken as a baseline', () => {
    const judged = judgeAudit(record, CATALOGUE, POLICY);
    const standing = { kind: 'waived', reason: 'for now', who: 'ann', expiry: '2027-01-01' } as const;
    const small = { ...judged, results: judged.results.slice(0, 4), findings: judged.findings.slice(0, 2) };
    const audits = [small, auditWith([findingNamed('one', { standing })])];
    assert(
      property(tampered(audits), (text) =>
        unlessWrong(() => {
          const read = parseAudits(text, 'file');
          renderEvery(read);
          settleFindings([judged], { baseline: read, waivers: [] }, new Date(0));
        }),
      ),
      PARAMETERS,
    );
  }, 60_000);

  test('what a catcher wrote', () => {
    assert(
      property(tampered(caughtOf('token')), (line) => {
        const { caught } = parseCaughtLines(`${line}\n`, 'file');
        judgeAudit({ ...record, caught }, CATALOGUE, POLICY);
      }),
      { ...PARAMETERS, numRuns: 500 },
    );
  }, 60_000);

  test('a configuration with waivers', () => {
    const waiver = { fingerprint: 'abcdefabcdef', reason: 'for now', who: 'ann', expiry: '2027-01-01' };
    const config = { ownDomains: ['example.com'], targets: ['127.0.0.1'], vantages: [vantage], waivers: [waiver] };
    assert(
      property(tampered(config), (text) => {
        const parsed = parseConfig(text, 'file');
        if (parsed.kind === 'ok')
          settleFindings(
            [auditWith([findingNamed('one')])],
            { baseline: [], waivers: parsed.value.settings.waivers },
            new Date(0),
          );
      }),
      { ...PARAMETERS, numRuns: 500 },
    );
  }, 60_000);
});

test('a saved audit with a text of ten megabytes is shown in every format', () => {
  const target = {
    host: 'mx',
    address: '127.0.0.1',
    port: 25,
    software: 'x',
    banner: `${'x'.repeat(50)} `.repeat(200_000),
  };
  renderEvery(parseAudits(JSON.stringify(auditWith([], { target })), 'file'));
}, 60_000);

describe('a saved run is told to be wrong, with the place,', () => {
  const [transcript = transcriptOf()] = record.transcripts;
  test.each<readonly [string, Partial<RunRecord>, string]>([
    ['where a day is none', { startedAt: '2026-13-45T00:00:00.000Z' }, 'startedAt'],
    ['where a vantage claims no address', { vantageAddresses: { 'proxy=127.1': '127.1' } }, 'vantageAddresses'],
    ['where a vantage is a word of JavaScript', { transcripts: [transcriptOf({ vantage: 'constructor' })] }, 'vantage'],
    [
      'where a session came from no address',
      { transcripts: [transcriptOf({ localAddress: '010.0.0.1' })] },
      'localAddress',
    ],
    ['where a code is no reply code', { transcripts: [transcriptOf({ asked: [asked('rcpt', 1e9, 'ok')] })] }, 'code'],
    ['where a session stands there twice', { transcripts: [transcript, transcript] }, 'transcripts.1.id'],
    ['where the target is no address', { target: { ...record.target, address: 'mx.example.com' } }, 'target.address'],
    ['where a text is longer than any reply', { authorizedBy: 'x'.repeat(10_000_000) }, 'authorizedBy'],
  ])('%s', (_, changes, place) => {
    const text = JSON.stringify({ ...record, ...changes });
    expect(() => parseRun(text, 'file')).toThrow(
      new RegExp(`^file: ${place.replace(/\./g, '\\.')}|^file: [^\\n]*${place}`),
    );
  });
});

describe('an address that a vantage claims', () => {
  test.each(['127.1', '010.0.0.1', '2130706433', '0x7f.0.0.1', 'fe80::1%eth0', '1.2.3.4.5', '::g'])(
    'is not %s: not as an option, not in a configuration, not as a further name',
    (address) => {
      for (const kind of ['bind', 'proxy', 'proxy2', 'xclient'])
        expect(optionFault((text) => vantages(text, []), `${kind}=${address}`)).toContain('no IP address');
      expect(parseConfig(`ownDomains: [example.com]\nvantages: ['proxy=${address}']\n`, 'f').kind).toBe('invalid');
      expect(optionFault((text) => fills(text, undefined), `outside-literal=${address}`)).toContain('no IP address');
    },
  );

  test.each(['198.51.100.7', '2001:db8::7', '::ffff:192.0.2.1'])('may be %s', (address) => {
    expect(optionFault((text) => vantages(text, []), `proxy=${address}`)).toBeNull();
  });
});
