import { describe, expect, it } from 'vitest';
import { isWorkingDay, workingDaysAfter } from './working-days.ts';

/** Noon in India. */
const noon = (date: string): number => Date.parse(`${date}T12:00:00+05:30`);
const ten = (date: string): number => Date.parse(`${date}T10:00:00+05:30`);

describe('working days of Indian banks', () => {
  it.each([
    ['2026-11-06', true, 'a Friday'],
    ['2026-11-07', true, 'a first Saturday'],
    ['2026-11-08', false, 'a Sunday'],
    ['2026-11-14', false, 'a second Saturday'],
    ['2026-11-21', true, 'a third Saturday'],
    ['2026-11-28', false, 'a fourth Saturday'],
  ])('%s: %s, being %s', (date, open) => {
    expect(isWorkingDay(noon(date))).toBe(open);
  });

  it('counts the second working day over a closed weekend', () => {
    expect(workingDaysAfter(noon('2026-11-13'), 2)).toBe(ten('2026-11-17'));
  });

  it('takes the day in India, not in UTC', () => {
    const justAfterMidnight = Date.parse('2026-11-10T00:10:00+05:30');
    expect(workingDaysAfter(justAfterMidnight, 1)).toBe(ten('2026-11-11'));
  });
});
