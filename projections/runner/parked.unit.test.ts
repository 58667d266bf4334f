import { expect, test } from 'vitest';
import { StreamBusy } from '#events/handling/handle.ts';
import { InvalidEvent } from '#events/store/event-store.ts';
import { DatabaseUnavailable, SqlError } from '#platform/database/database.ts';
import { neverPasses, passesByItself } from './parked.server.ts';

const sql = (code: string): SqlError => new SqlError({ code, message: code });

test.each([
  ['RU5: a conflict', sql('40001'), true, false],
  ['RU5: a full disk', sql('53100'), true, false],
  ['RU5: a database that is away', new DatabaseUnavailable('away'), true, false],
  ['RU5: a stream that many write to', new StreamBusy('calendar-t1'), true, false],
  ['RU12: text that jsonb cannot hold', sql('22P05'), false, true],
  ['RU12: a broken constraint', sql('23502'), false, true],
  ['RU12: an error of the program', new RangeError('Invalid time value'), false, true],
  ['RU12: another', new TypeError('x is not a function'), false, true],
  ['RU12: an event that no store takes', new InvalidEvent('no'), false, true],
  ['RU4: a table that is just being built anew', sql('42P01'), false, false],
  ['RU4: anything else', new Error('who knows'), false, false],
])('%s', (_what, error, passes, never) => {
  expect(passesByItself(error)).toBe(passes);
  expect(neverPasses(error)).toBe(never);
});
