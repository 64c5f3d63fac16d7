import { describe, expect, test } from 'vitest';
import { expand, parseMainCf } from '../../src/lab/main-cf.ts';
import { masterCfForLab, standardMasterCf } from '../../src/lab/master-cf.ts';

const MAIN_CF = `# comment
mynetworks = 127.0.0.0/8
    # a comment between
    10.0.0.0/8, [::1]/128

smtpd_relay_restrictions =
  permit_mynetworks
  check_sender_access inline:{ { example.com = OK } }
  reject_unauth_destination
mynetworks = 192.168.0.0/16
empty =
no setting here
base = \${mynetworks}/x
`;

describe('a main.cf', () => {
  const settings = parseMainCf(MAIN_CF);

  test('goes on in lines that begin with a blank, comments between or not', () => {
    expect(parseMainCf('a = 1\n# x\n\n  2\nb = 3\n  4 5').get('a')?.words).toEqual([
      { text: '1', line: 1 },
      { text: '2', line: 4 },
    ]);
  });

  test('has each word at its line, and what stands in braces in one', () => {
    expect(settings.get('smtpd_relay_restrictions')).toEqual({
      name: 'smtpd_relay_restrictions',
      line: 6,
      value: 'permit_mynetworks check_sender_access inline:{ { example.com = OK } } reject_unauth_destination',
      words: [
        { text: 'permit_mynetworks', line: 7 },
        { text: 'check_sender_access', line: 8 },
        { text: 'inline:{ { example.com = OK } }', line: 8 },
        { text: 'reject_unauth_destination', line: 9 },
      ],
    });
  });

  test('means the last of two settings of one name', () => {
    expect(settings.get('mynetworks')).toMatchObject({ line: 10, value: '192.168.0.0/16' });
    expect(settings.get('empty')).toMatchObject({ value: '', words: [] });
  });

  test('fills settings in, and not without end', () => {
    expect(expand('$base ${base} $unknown', settings)).toBe('192.168.0.0/16/x 192.168.0.0/16/x $unknown');
    expect(expand('$a', parseMainCf('a = $a x'))).toMatch(/^\$a( x)+$/);
  });
});

describe('a master.cf in the lab', () => {
  test('has no service in a chroot, and a log daemon', () => {
    const text = [
      '# service type private unpriv chroot wakeup maxproc command',
      'smtp      inet  n       -       y       -       -       smtpd',
      'submission inet n       -       -       -       -       smtpd',
      '  -o smtpd_sasl_auth_enable=yes',
      '  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject',
    ].join('\n');

    expect(masterCfForLab(text).split('\n')).toEqual([
      '# service type private unpriv chroot wakeup maxproc command',
      'smtp      inet  n       -       n       -       -       smtpd',
      'submission inet n       -       n       -       -       smtpd',
      '  -o smtpd_sasl_auth_enable=no',
      '  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject',
      'postlog unix-dgram n - n - 1 postlogd',
      '',
    ]);
  });

  test('is the same after a second time', () => {
    expect(masterCfForLab(masterCfForLab(standardMasterCf()))).toBe(masterCfForLab(standardMasterCf()));
  });
});
