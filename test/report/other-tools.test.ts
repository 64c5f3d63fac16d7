import type { Log } from 'sarif';
import { expect, test } from 'vitest';
import { renderAll, type Format } from '../../src/report/formats.ts';
import type { Audit } from '../../src/judge/audit.ts';
import type { Reading } from '../../src/report/reading.ts';
import { describeReal } from '../real/availability.ts';
import { browse, jsonFaults, junitFaults, sarifFaults } from './other-tools.ts';
import { CLEAN, OPEN, READING, SAMPLES } from './sample-audits.ts';

const CASES: readonly (readonly [string, readonly Audit[]])[] = [
  ...Object.entries(SAMPLES).map(([name, audit]) => [name, [audit]] as const),
  ['several', [OPEN, { ...CLEAN, target: { ...CLEAN.target, host: 'mx2.example.com' } }]],
];

const drawn = (format: Format, audits: readonly Audit[], reading: Reading = READING): string =>
  renderAll(format, audits, reading);

/** relayproof has no page of its own in the web, and a made-up address would be worse than none. */
const NO_HOME_PAGE = /^SARIF2005: .*/;

describeReal('reports before judges that are not ours', ['xmllint', 'jq', 'chromium', 'sarif-multitool'], () => {
  test.for(CASES)('JUnit of %s is valid by xmllint', ([, audits]) => {
    expect(junitFaults(drawn('junit', audits))).toBe('');
  });

  test('xmllint would see an element that the dialect has not, and a name that comes twice', () => {
    const report = drawn('junit', [CLEAN]);
    expect(junitFaults(report.replace('<skipped', '<left-out'))).toContain('left-out');
    expect(junitFaults(report.replaceAll(/name="third-party [^"]*"/g, 'name="same"'))).toContain('one-case-of-a-name');
  });

  test.for(CASES)('JSON, NDJSON and SARIF of %s are JSON to jq', ([, audits]) => {
    for (const format of ['json', 'ndjson', 'sarif'] as const) expect(jsonFaults(drawn(format, audits))).toBe('');
  });

  test('SARIF has no error and no warning by multitool', { timeout: 90_000 }, () => {
    const texts = CASES.map(([, audits]) => drawn('sarif', audits));
    expect(sarifFaults(texts).filter((fault) => !NO_HOME_PAGE.test(fault))).toEqual([]);
  });

  test('multitool would see a property that SARIF has not, and a rule that is not there', { timeout: 90_000 }, () => {
    const report = drawn('sarif', [OPEN]);
    const faults = sarifFaults([
      report.replaceAll('"ruleIndex": 1', '"ruleIndex": 7'),
      report.replace('"columnKind"', '"columnSort"'),
    ]).join();
    expect(faults).toContain('ruleIndex');
    expect(faults).toContain('columnSort');
  });

  test('the pages fit 800 and 390 pixels, and the browser has nothing against them', { timeout: 90_000 }, () => {
    const windows = CASES.flatMap(([, audits]) => [800, 390].map((width) => ({ page: drawn('html', audits), width })));
    const { pages, complaints } = browse(windows);
    expect(complaints).toEqual([]);
    for (const seen of pages) {
      expect(seen).toMatchObject({ tooWide: false, pageColor: 'rgb(255, 255, 255)' });
      expect(seen.answerColor).not.toBe('rgba(0, 0, 0, 0)');
      expect(seen.elements.length).toBeGreaterThan(50);
    }
  });

  test('the page is dark where the reader wants it dark', { timeout: 90_000 }, () => {
    const { pages } = browse([{ page: drawn('html', [OPEN]), width: 800 }], 'dark');
    expect(pages[0]?.pageColor).toBe('rgb(18, 22, 27)');
  });

  test('the browser refuses a style and a script that are not of the page', { timeout: 90_000 }, () => {
    const page = drawn('html', [OPEN])
      .replace('</style>', '.answer { display: none }</style>')
      .replace('</main>', '<script>document.title = "x"</script></main>');
    const { pages, complaints } = browse([{ page, width: 800 }]);
    expect(pages[0]?.answerColor).toBe('rgba(0, 0, 0, 0)');
    expect(complaints.filter((line) => line.includes('inline style'))).toHaveLength(1);
    expect(complaints.filter((line) => line.includes('inline script'))).toHaveLength(1);
  });
});

test('SARIF has what GitHub asks for and multitool does not: a file, a relative address, a fingerprint', () => {
  const reading = { ...READING, location: { file: 'mail/relay policy.yaml', line: 3 } };
  const log: Log = JSON.parse(drawn('sarif', [OPEN], reading));
  const results = log.runs.flatMap((run) => run.results ?? []);
  expect(results.length).toBe(2);
  for (const { locations, partialFingerprints, message, ruleId, ruleIndex } of results) {
    const [place] = locations ?? [];
    expect(place?.physicalLocation).toEqual({
      artifactLocation: { uri: 'mail/relay%20policy.yaml' },
      region: { startLine: 3, startColumn: 1, endLine: 3, endColumn: 2 },
    });
    expect(place?.logicalLocations?.[0]?.fullyQualifiedName).toMatch(/^smtp:\/\/mail\.example\.com:25\//);
    expect(partialFingerprints?.['primaryLocationLineHash']).toMatch(/^[0-9a-f]{16}:1$/);
    expect(message.text).not.toBe('');
    expect(log.runs[0]?.tool.driver.rules?.[ruleIndex ?? -1]?.id).toBe(ruleId);
  }
  const hashes = results.map(({ partialFingerprints }) => partialFingerprints?.['primaryLocationLineHash']);
  expect(new Set(hashes).size).toBe(results.length);
});

test('SARIF rules carry the severity that GitHub sorts by, and how sure it is', () => {
  const log: Log = JSON.parse(drawn('sarif', [OPEN]));
  const properties = log.runs[0]?.tool.driver.rules?.map((rule) => rule.properties);
  expect(properties).toEqual([
    expect.objectContaining({ 'security-severity': '9.3', precision: 'very-high' }),
    expect.objectContaining({ 'security-severity': '8.0', precision: 'medium' }),
  ]);
});

test('SARIF leaves out what is waived, and has a run without results where nothing was found', () => {
  expect(drawn('sarif', [OPEN])).not.toContain('spoof-postmaster');
  const log: Log = JSON.parse(drawn('sarif', [CLEAN]));
  expect(log.runs.map((run) => run.results)).toEqual([[]]);
});

test('a finding with a place of its own stands there', () => {
  const [finding] = OPEN.findings;
  const reading = {
    ...READING,
    location: { file: 'relayproof.yaml', line: 4 },
    locations: new Map([[finding?.fingerprint ?? '', { file: 'postfix/main.cf', line: 12 }]]),
  };
  expect(
    drawn('github', [OPEN], reading)
      .split('\n')
      .map((line) => line.slice(0, 45)),
  ).toEqual([
    '::error file=postfix/main.cf,line=12,title=Re',
    '::error file=relayproof.yaml,line=4,title=Let',
    '::notice file=relayproof.yaml,line=4,title=re',
    '',
  ]);
});
