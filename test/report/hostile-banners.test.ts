import { describe, expect, test } from 'vitest';
import { FORMATS, renderAll, type Format } from '../../src/report/formats.ts';
import { describeReal } from '../real/availability.ts';
import { hostileBanners } from '../support/hostile-banners.ts';
import { browse, jsonFaults, junitFaults } from './other-tools.ts';
import { hostile, READING } from './sample-audits.ts';
import { visible } from '../../src/document/visible.ts';

const BANNERS = hostileBanners();
const HARMLESS = 'mail.example.com ESMTP ready';

/** Every format of the one audit that a banner spoils. */
function drawn(format: Format, banner: string): string {
  return renderAll(format, [hostile(banner)], READING);
}

/** The banners that make the format other than it must be: a test that fails names each. */
function spoiling(format: Format, spoils: (text: string, banner: string) => boolean): readonly string[] {
  return BANNERS.filter((banner) => spoils(drawn(format, banner), banner));
}

/** Commands of GitHub's runner as it reads them from a log: `::name properties::` after blanks, `##[name]` anywhere. */
function commands(text: string): readonly string[] {
  return text
    .split(/\r\n|\r|\n/)
    .flatMap(
      (line) => /^\s*::([a-z-]+)(?: [^:]*)?::/i.exec(line)?.[1] ?? /##(?:\[|vso\[|teamcity\[)/i.exec(line)?.[0] ?? [],
    );
}

function lineCount(text: string): number {
  return text.split(/\r\n|[\r\n\u0085\u2028\u2029]/).length;
}

/** What is left of Markdown when code and escaped characters are gone: its structure. */
function skeleton(markdown: string): string {
  return markdown
    .replace(/^(`{3,})text\n[^]*?\n\1$/gm, '[block]')
    .replace(/(?<!\\)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '[code]')
    .replace(/\\[\\`*_{}[\]<>|~$&]/g, 'x');
}

const OWN_MARKUP = /<!-- -->|<\/?(?:details|summary|sub)>/g;

describe('three hundred hostile banners', () => {
  test('are as many', () => {
    expect(BANNERS.length).toBeGreaterThanOrEqual(300);
    expect(new Set(BANNERS).size).toBe(BANNERS.length);
  });

  test.for(FORMATS)('leave no character that steers a terminal in %s', (format) => {
    expect(spoiling(format, (text) => /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u.test(text))).toEqual([]);
  });

  test.for(FORMATS)('leave no command to a CI system in %s but its own', (format) => {
    const own = commands(drawn(format, HARMLESS));
    expect(spoiling(format, (text) => commands(text).join() !== own.join())).toEqual([]);
  });

  test.for(FORMATS.filter((format) => format !== 'text'))('forge no line in %s', (format) => {
    const own = lineCount(drawn(format, HARMLESS));
    expect(spoiling(format, (text) => lineCount(text) !== own)).toEqual([]);
  });

  test('forge no answer in text, which wraps them', () => {
    const answers = (text: string): number => text.split('\n').filter((line) => /^(?:CLOSED|OPEN)\b/.test(line)).length;
    expect(spoiling('text', (text) => answers(text) !== 1)).toEqual([]);
  });

  test('are kept as they were in JSON', () => {
    for (const banner of BANNERS) expect(JSON.parse(drawn('json', banner))).toEqual(hostile(banner.toWellFormed()));
  });

  test('end no value of NDJSON', () => {
    const events = (text: string): string =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const event: { readonly event: string } = JSON.parse(line);
          return event.event;
        })
        .join();
    const own = events(drawn('ndjson', HARMLESS));
    expect(spoiling('ndjson', (text) => events(text) !== own)).toEqual([]);
  });

  test.for(['junit', 'html'] as const)('make no element in %s', (format) => {
    const marks = (text: string): number => text.match(/[<>]/g)?.length ?? 0;
    const own = marks(drawn(format, HARMLESS));
    expect(spoiling(format, (text) => marks(text) !== own)).toEqual([]);
  });

  test('make no element, mention, link or heading in Markdown', () => {
    const bare = (banner: string): string => skeleton(drawn('markdown', banner));
    // Where a banner stands in prose it is the text of a heading, or of the line that names the software.
    const structure = (text: string): string =>
      text
        .split('\n')
        .map((line) => /^(?:#+ |- |\||<|\*\*|$)/.exec(line)?.[0] ?? 'text')
        .join(' ');
    const own = structure(bare(HARMLESS));
    expect(spoiling('markdown', (text) => structure(skeleton(text)) !== own)).toEqual([]);
    expect(spoiling('markdown', (text) => /[<>]/.test(skeleton(text).replace(OWN_MARKUP, '')))).toEqual([]);
    expect(
      spoiling('markdown', (text) => /[@#]\w|:\/\/|www\.|(?<!^)!\[|\]\(/m.test(skeleton(text).replace(/^#+ /gm, ''))),
    ).toEqual([]);
  });

  test('stay readable: what is harmless is not changed', () => {
    for (const text of [
      HARMLESS,
      'proxy=2001:db8::7',
      'fe80::1%eth0',
      '::ffff:192.0.2.1',
      '::face',
      'grün ✓ 漢字',
      'a::b',
    ])
      expect(visible(text)).toBe(text);
  });
});

describeReal('three hundred hostile banners before judges that are not ours', ['xmllint', 'jq', 'chromium'], () => {
  const audits = BANNERS.map(hostile).map((audit, index) => ({
    ...audit,
    target: { ...audit.target, host: `mail${index}.example.com` },
  }));
  const harmless = audits.map((audit) => ({
    ...hostile(HARMLESS),
    target: { ...audit.target, banner: HARMLESS, software: HARMLESS },
  }));

  test('are valid JUnit by xmllint, and JSON to jq', { timeout: 90_000 }, () => {
    expect(junitFaults(renderAll('junit', audits, READING))).toBe('');
    for (const format of ['json', 'ndjson', 'sarif'] as const)
      expect(jsonFaults(renderAll(format, audits, READING))).toBe('');
  });

  test('make no element and no attribute in a browser', { timeout: 120_000 }, () => {
    const { pages, complaints } = browse(
      [audits, harmless].map((all) => ({ page: renderAll('html', all, READING), width: 800 })),
    );
    expect(complaints).toEqual([]);
    expect(pages[0]?.elements.length).toBeGreaterThan(BANNERS.length * 50);
    expect(pages[0]?.elements).toEqual(pages[1]?.elements);
  });
});
