import { describe, expect, test } from 'vitest';
import { CaughtList } from '../../src/catcher/caught-source.ts';
import { caughtOf } from '../support/run-records.ts';

const unread = (subject = ''): ReturnType<typeof caughtOf> => ({ ...caughtOf(''), canary: null, subject });

describe('what a source keeps of what was caught', () => {
  test('is every canary, however much mail without one came before, and it says what it left out', () => {
    const list = new CaughtList();
    for (let count = 0; count < 10_100; count += 1) list.add(unread());
    list.add(caughtOf('rp1-own'));
    expect(list.all().filter(({ canary }) => canary !== null)).toEqual([caughtOf('rp1-own')]);
    expect(list.all().length).toBeLessThanOrEqual(501);
    expect(list.faults()).toEqual([expect.stringMatching(/without a canary.*: 9600$/)]);
  });

  test('has a bound in bytes, and what is beyond it is a fault', () => {
    const list = new CaughtList();
    const received = ['x'.repeat(1_000_000)];
    for (let count = 0; count < 100; count += 1) list.add({ ...caughtOf(`rp1-${count}`), received });
    expect(list.all().length).toBeLessThan(50);
    expect(list.faults()).toEqual([expect.stringContaining('with a canary')]);
    expect(list.seenAt('rp1-99')).toBeInstanceOf(Date);
  });

  test('has no fault as long as it keeps all', () => {
    const list = new CaughtList();
    list.add(unread());
    list.add(caughtOf('rp1-own'));
    expect(list.all()).toHaveLength(2);
    expect(list.faults()).toEqual([]);
  });

  test('comes with the faults of the catcher that fills it', () => {
    const list = new CaughtList();
    list.filledBy({ faults: () => ['the catcher stopped listening'] });
    expect(list.faults()).toEqual(['the catcher stopped listening']);
  });
});
