import { describe, expect, it } from 'vitest';
import { calendar } from '../messages/en/calendar.ts';
import { checkWindows, type WindowRow } from './windows.ts';

const offers = [
  { offerId: 'one', title: 'One-to-one', minutes: 60 },
  { offerId: 'group', title: 'Group of 3', minutes: 90 },
];
const row = (weekday: string, from: string, to: string, offerId = 'one'): WindowRow => ({ weekday, from, to, offerId });

describe('weekly hours', () => {
  it('are put in week order, Monday first', () => {
    const checked = checkWindows(
      [row('0', '09:00', '12:00'), row('1', '17:00', '20:00'), row('1', '07:00', '09:00')],
      offers,
      calendar,
    );
    expect(checked).toEqual({
      kind: 'windows',
      windows: [
        { weekday: 1, from: '07:00', to: '09:00', offerId: 'one' },
        { weekday: 1, from: '17:00', to: '20:00', offerId: 'one' },
        { weekday: 0, from: '09:00', to: '12:00', offerId: 'one' },
      ],
    });
  });

  it('may touch, and may be none at all', () => {
    expect(checkWindows([row('2', '09:00', '10:00'), row('2', '10:00', '11:30', 'group')], offers, calendar).kind).toBe(
      'windows',
    );
    expect(checkWindows([], offers, calendar)).toEqual({ kind: 'windows', windows: [] });
  });

  it('may run to midnight, which a time field calls 00:00', () => {
    const whole = { kind: 'windows', windows: [{ weekday: 5, from: '22:00', to: '24:00', offerId: 'one' }] };
    expect(checkWindows([row('5', '22:00', '00:00')], offers, calendar)).toEqual(whole);
    expect(checkWindows([row('5', '22:00', '24:00')], offers, calendar)).toEqual(whole);
  });

  it('may overlap when they are for different lessons: the first booking takes the time', () => {
    const rows = [row('1', '10:00', '18:00'), row('1', '11:00', '13:00', 'group')];
    expect(checkWindows(rows, offers, calendar).kind).toBe('windows');
  });

  it.each([
    ['end before they start', [row('1', '10:00', '09:00')], 'ends-before-start', 0],
    ['end when they start', [row('1', '10:00', '10:00')], 'ends-before-start', 0],
    ['are shorter than the lesson', [row('1', '10:00', '11:00', 'group')], 'too-short', 0],
    ['name no offer of theirs', [row('1', '10:00', '11:00', 'other')], 'no-offer', 0],
    ['have no day', [row('9', '10:00', '11:00')], 'no-day', 0],
    ['have no time', [row('1', '', '11:00')], 'no-time', 0],
    ['overlap', [row('1', '10:00', '12:00'), row('3', '10:00', '12:00'), row('1', '11:30', '13:00')], 'overlap', 2],
    ['lie in one another', [row('1', '10:00', '18:00'), row('1', '11:00', '13:00')], 'overlap', 1],
  ])('are refused when they %s', (_why, rows, code, index) => {
    expect(checkWindows(rows, offers, calendar)).toMatchObject({ kind: 'problem', code, row: index });
  });
});
