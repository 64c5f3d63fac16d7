import { expect, test } from 'vitest';
import { catalogueFrom } from '../../src/cli/files.ts';
import { judgeAudit } from '../../src/judge/judge-audit.ts';
import { outcomeOf } from '../../src/report/outcome.ts';
import { CLEAN, OPEN, PATIENCE_MS, testPresets, UNTOLD, type Expected } from './audit-expected.ts';
import { auditReal } from './audit-harness.ts';
import { describeReal } from './availability.ts';
import { POSTFIX_PRESET_NAMES, type PostfixPresetName } from './postfix-presets.ts';
import { startPostfix } from './postfix.ts';

const POSTFIX: Readonly<Partial<Record<PostfixPresetName, Expected>>> = {
  closed: CLEAN,
  'closed-deferring': CLEAN,
  greylist: CLEAN,
  'reject-at-data': CLEAN,
  'reject-at-end-of-data': CLEAN,
  // Nothing for the outside comes out of these, so nothing tells held mail from mail that is on its way.
  'accept-and-discard': UNTOLD,
  'accept-and-hold': UNTOLD,
  'refuse-all': UNTOLD,
  open: OPEN,
  'open-after-greylist': OPEN,
  'own-sender': { exitCode: 1, finds: ['spoofed-domain-send'] },
  'lone-recipient-at-data': { exitCode: 1, finds: ['session-state-leak'] },
  'percent-hack-two-hops': { exitCode: 1, finds: ['routed-recipient'] },
};

describeReal('an audit of Postfix', ['postfix'], () => {
  testPresets(POSTFIX_PRESET_NAMES, POSTFIX, (preset, nextHop) => startPostfix({ preset, nextHop }));

  test(
    'a submission port that rejects every client without a login is clean',
    async () => {
      const settings = { smtpd_client_restrictions: 'permit_sasl_authenticated reject' };
      const { record } = await auditReal((nextHop) => startPostfix({ preset: 'logins', settings, nextHop }));
      const audit = judgeAudit({ ...record, target: { ...record.target, port: 587 } }, catalogueFrom(undefined), null);
      expect(audit.results.find(({ scenario }) => scenario === 'third-party')).toMatchObject({
        verdict: 'refused',
        reason: expect.stringContaining('Client host rejected'),
      });
      expect(outcomeOf(audit, 'medium').kind).toBe('clean');
    },
    PATIENCE_MS,
  );

  test(
    "strangers' mail is believed thrown away where that of a user comes out",
    async () => {
      const settings = {
        mynetworks: '0.0.0.0/0 [::]/0',
        smtpd_recipient_restrictions:
          'permit_sasl_authenticated permit_auth_destination check_recipient_access static:DISCARD',
      };
      const { audit } = await auditReal((nextHop) => startPostfix({ preset: 'logins', settings, nextHop }), {
        prove: true,
        loginEnv: 'LOGIN',
        insecureLogin: true,
      });
      const strangers = audit.results.filter(({ login, verdict }) => login === null && verdict !== 'refused');
      expect(strangers.find(({ scenario }) => scenario === 'third-party')?.verdict).toBe('swallowed');
      expect(strangers.filter(({ verdict }) => verdict === 'inconclusive' || verdict === 'relayed')).toEqual([]);
      expect(audit.findings.map(({ id }) => id)).toContain('discarded-relay');
    },
    PATIENCE_MS,
  );

  test(
    'without messages an open one is a finding of low confidence, and nothing else changes',
    async () => {
      const open = await auditReal((nextHop) => startPostfix({ preset: 'open', nextHop }));
      expect(open.exitCode).toBe(1);
      expect(open.audit.findings.every(({ confidence }) => confidence === 'low')).toBe(true);
      const closed = await auditReal((nextHop) => startPostfix({ preset: 'closed', nextHop }));
      expect(closed.exitCode).toBe(0);
      expect(closed.audit.findings).toEqual([]);
    },
    PATIENCE_MS,
  );
});
