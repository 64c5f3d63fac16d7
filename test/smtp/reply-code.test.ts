import { describe, expect, test } from 'vitest';
import { fitsCodes, parseCodes } from '../../src/smtp/reply-code.ts';

describe('codes in a script', () => {
  test.for([
    ['250', ['250']],
    ['599', ['599']],
    ['2xx', ['2xx']],
    ['250|251', ['250', '251']],
    ['2xx|354|5xx', ['2xx', '354', '5xx']],
  ] as const)('%s', ([text, codes]) => {
    expect(parseCodes(text)).toEqual(codes);
  });

  test.for([
    '',
    '150',
    '650',
    '25',
    '2500',
    '25x',
    'xx',
    '1xx',
    '6xx',
    '2xx|',
    '|250',
    '250|1xx',
    '250|25a',
    '250|2a0',
    'x250',
    '250x',
  ])('that are none: %j', (text) => {
    expect(parseCodes(text)).toBeNull();
  });

  test.for([
    [250, ['250'], true],
    [251, ['250'], false],
    [251, ['2xx'], true],
    [350, ['2xx'], false],
    [251, ['250', '251'], true],
    [450, ['250', '4xx'], true],
    [550, ['250', '4xx'], false],
    // A code that begins alike is another code.
    [255, ['250'], false],
    [250, [], false],
  ] as const)('%i fits %j: %s', ([code, codes, fits]) => {
    expect(fitsCodes(code, codes)).toBe(fits);
  });
});
