import { describe, expect, it } from 'vitest';
import { META } from './contract-events.ts';
import type { ChainRecord } from './chain.ts';
import { positionFrom } from './position.ts';
import { RecentRecords } from './recent.ts';

const record = (n: number, stream = 'thing-1', type = 'Happened'): ChainRecord => ({
  position: positionFrom(n),
  stream,
  revision: n,
  id: `e${n}`,
  type,
  data: `{"n":${n}}`,
  meta: JSON.stringify(META),
  recordedAt: n,
  chain: '',
});
const at = positionFrom;
const numbers = (events: ReturnType<RecentRecords['between']>) => events?.map((event) => event.data['n']) ?? null;

describe('the newest events of this process', () => {
  it('are given without a gap, or not at all', () => {
    const recent = new RecentRecords();
    recent.add([record(5), record(6)]);
    recent.add([record(8)]);
    expect(numbers(recent.between(at(4), at(6), 10, undefined))).toEqual([5, 6]);
    expect(numbers(recent.between(at(5), at(6), 10, undefined))).toEqual([6]);
    expect(numbers(recent.between(at(4), at(8), 10, undefined))).toBeNull();
    expect(numbers(recent.between(at(3), at(6), 10, undefined))).toBeNull();
    expect(numbers(recent.between(null, at(6), 10, undefined))).toBeNull();
    recent.add([record(7)]);
    expect(numbers(recent.between(at(4), at(8), 10, undefined))).toEqual([5, 6, 7, 8]);
  });

  it('end where enough passed, and need not be there behind that', () => {
    const recent = new RecentRecords();
    recent.add([record(1), record(2), record(3)]);
    expect(numbers(recent.between(null, at(9), 2, undefined))).toEqual([1, 2]);
  });

  it('pass the filter of the subscriber', () => {
    const recent = new RecentRecords();
    recent.add([record(1, 'red-1'), record(2, 'blue-1'), record(3, 'red-2', 'Poured')]);
    expect(numbers(recent.between(null, at(3), 9, { categories: ['red'] }))).toEqual([1, 3]);
    expect(numbers(recent.between(null, at(3), 9, { types: ['Poured'] }))).toEqual([3]);
    expect(numbers(recent.between(null, at(3), 9, { categories: ['gold'] }))).toEqual([]);
    expect(numbers(recent.between(null, at(4), 9, { categories: ['gold'] }))).toBeNull();
  });

  it('are copies', () => {
    const recent = new RecentRecords();
    recent.add([record(1)]);
    Object.assign(recent.between(null, at(1), 9, undefined)?.[0]?.data ?? {}, { n: 'changed' });
    expect(numbers(recent.between(null, at(1), 9, undefined))).toEqual([1]);
  });

  it('are bounded by number and by size, the oldest going first', () => {
    const few = new RecentRecords({ records: 2 });
    few.add([record(1), record(2), record(3)]);
    expect(numbers(few.between(at(1), at(3), 9, undefined))).toEqual([2, 3]);
    expect(few.between(null, at(3), 9, undefined)).toBeNull();
    const size = record(1).data.length + record(1).meta.length;
    const small = new RecentRecords({ characters: 2 * size });
    for (let n = 1; n <= 5; n += 1) small.add([record(n)]);
    expect(numbers(small.between(at(3), at(5), 9, undefined))).toEqual([4, 5]);
    expect(small.between(at(2), at(5), 9, undefined)).toBeNull();
  });
});
