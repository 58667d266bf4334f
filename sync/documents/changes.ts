/**
 * What was done to items after they were drawn: `changes`, `<aspect>:<entry key>` → `{ by, v }`. Each aspect is one value
 * that the last writer sets, so two people who move one item at once end with one of the two places, everywhere the same.
 * What was rubbed out is one value a person, `c:<entry key>:<person>`, so what two rub out at once is all gone; older
 * documents have one for all, `c:<entry key>`. The item stays its author's, and undoing is setting the value from before.
 */
import { MOST_SIZE, PENS } from './board.ts';
import { isStyle } from './items.ts';
import { clientOfEntry } from './keys.ts';

/** x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export interface Aspects {
  /** Where it was moved to, how large and how turned. */
  readonly place: Matrix;
  /** Order, instead of the item's own `z`; may lie between two or below zero. */
  readonly order: number;
  /** Items with the same name belong together; empty for none. */
  readonly group: string;
  readonly lock: boolean;
  readonly pen: number;
  readonly size: number;
  /** Of a shape: index into DASHES, and into FILLS. */
  readonly dash: number;
  readonly fill: number;
  /** What was rubbed out of its ink: from, to, from, to …, rising; sixteenths of the way from one point to the next. */
  readonly cuts: readonly number[];
}
export type Aspect = keyof Aspects;

/** On the wire: one letter each. */
const LETTERS = {
  place: 'm',
  order: 'z',
  group: 'g',
  lock: 'l',
  pen: 'p',
  size: 's',
  dash: 'd',
  fill: 'f',
  cuts: 'c',
} as const;
const ASPECTS = new Map<string, Aspect>([
  ['m', 'place'],
  ['z', 'order'],
  ['g', 'group'],
  ['l', 'lock'],
  ['p', 'pen'],
  ['s', 'size'],
  ['d', 'dash'],
  ['f', 'fill'],
  ['c', 'cuts'],
]);

export const CUT_STEPS = 16;
const MOST_CUTS = 4_000;
const MOST_REACH = 1e7;
const MOST_NAME = 40;

/** One change of one item. `value` is null for "as it was drawn". */
export type Change = {
  [A in Aspect]: { readonly key: string; readonly aspect: A; readonly value: Aspects[A] | null };
}[Aspect];

export interface StoredChange {
  readonly by: string;
  readonly v: unknown;
}

/** @param personId who makes the change. */
export const changeKey = (aspect: Aspect, entry: string, personId: string): string =>
  `${LETTERS[aspect]}:${entry}${aspect === 'cuts' ? `:${personId}` : ''}`;

/** What a key of `changes` is about; `personId` where each person has a value of their own. */
export interface ChangePlace {
  readonly aspect: Aspect;
  readonly entry: string;
  readonly personId: string | null;
}

/** Null when it is not the key of a change. */
export function parseChangeKey(key: string): ChangePlace | null {
  const aspect = ASPECTS.get(key.slice(0, 1));
  const [entry = '', personId = null, ...more] = key.slice(2).split(':');
  if (aspect === undefined || key[1] !== ':' || more.length > 0 || clientOfEntry(entry) === null) return null;
  if (personId !== null && (aspect !== 'cuts' || personId === '')) return null;
  return { aspect, entry, personId };
}

const isNumber = (value: unknown, most: number): value is number =>
  typeof value === 'number' && Math.abs(value) <= most;
const isIndex = (value: unknown, count: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < count;

function parseMatrix(value: unknown): Matrix | null {
  if (!Array.isArray(value) || value.length !== 6) return null;
  const [a, b, c, d, e, f]: unknown[] = value;
  if (!isNumber(a, 1e4) || !isNumber(b, 1e4) || !isNumber(c, 1e4) || !isNumber(d, 1e4)) return null;
  if (!isNumber(e, MOST_REACH) || !isNumber(f, MOST_REACH)) return null;
  // Squeezed to nothing, it could never be found again.
  return Math.abs(a * d - b * c) < 1e-8 ? null : [a, b, c, d, e, f];
}

function parseCuts(value: unknown): number[] | null {
  if (!Array.isArray(value) || value.length > MOST_CUTS || value.length % 2 === 1) return null;
  let last = -1;
  const cuts: number[] = [];
  for (const one of value) {
    if (typeof one !== 'number' || !Number.isSafeInteger(one) || one < last) return null;
    last = one;
    cuts.push(one);
  }
  return cuts;
}

function parseValue(aspect: Aspect, key: string, v: unknown): Change | null {
  if (v === null) return { key, aspect, value: null };
  switch (aspect) {
    case 'place': {
      const value = parseMatrix(v);
      return value && { key, aspect, value };
    }
    case 'order':
      return isNumber(v, 1e10) ? { key, aspect, value: v } : null;
    case 'group':
      return typeof v === 'string' && v.length <= MOST_NAME ? { key, aspect, value: v } : null;
    case 'lock':
      return typeof v === 'boolean' ? { key, aspect, value: v } : null;
    case 'pen':
      return isIndex(v, PENS.length) ? { key, aspect, value: v } : null;
    case 'size':
      return typeof v === 'number' && v > 0 && v <= MOST_SIZE ? { key, aspect, value: v } : null;
    case 'dash':
    case 'fill':
      return isStyle(v) ? { key, aspect, value: v } : null;
    case 'cuts': {
      const value = parseCuts(v);
      return value && { key, aspect, value };
    }
  }
}

/** Ranges as one rising list without touching neighbours. */
export function joinCuts(a: readonly number[], b: readonly number[]): number[] {
  const ranges: [number, number][] = [];
  for (const list of [a, b]) for (let i = 0; i + 1 < list.length; i += 2) ranges.push([list[i] ?? 0, list[i + 1] ?? 0]);
  ranges.sort((one, other) => one[0] - other[0]);
  const out: number[] = [];
  for (const [from, to] of ranges) {
    const last = out.at(-1);
    if (last !== undefined && from <= last) out[out.length - 1] = Math.max(last, to);
    else out.push(from, to);
  }
  return out;
}

/** Key of the item that `stored` under `key` locks, and who locked it; `by` is null for what locks nothing. */
export function parseLock(key: string, stored: unknown): { readonly item: string; readonly by: string | null } | null {
  const place = parseChangeKey(key);
  if (place?.aspect !== 'lock') return null;
  const found = parseChange(key, stored);
  return { item: place.entry, by: found?.change.value === true ? found.by : null };
}

/** A change as stored under `key`, and who made it; null when it is something else. */
export function parseChange(key: string, stored: unknown): { by: string; change: Change } | null {
  const place = parseChangeKey(key);
  if (!place || typeof stored !== 'object' || stored === null || !('by' in stored) || !('v' in stored)) return null;
  if (typeof stored.by !== 'string' || (place.personId !== null && stored.by !== place.personId)) return null;
  const change = parseValue(place.aspect, place.entry, stored.v);
  return change && { by: stored.by, change };
}
