/** Which instants of the past the address asks for. Pure. */
import type { PastClock } from '#projections/queries.ts';
import { asOf } from '../case/as-of.ts';

export interface AskedPast {
  readonly by: PastClock;
  /** ms by that clock; null: none is named, so the present. */
  readonly at: number | null;
  /** The second instant, or `now`; null: nothing is compared. */
  readonly and: number | 'now' | null;
  /** One of them was no date and time, and counts as not named. */
  readonly invalid: boolean;
}

export function askedPast(params: URLSearchParams, zone: string): AskedPast {
  const one = asOf(params.get('at'), zone, true);
  const second = params.get('and');
  const other = second === 'now' ? null : asOf(second, zone, true);
  return {
    by: params.get('by') === 'recorded' ? 'recorded' : 'business',
    at: one.kind === 'at' ? one.at : null,
    and: other === null ? 'now' : other.kind === 'at' ? other.at : null,
    invalid: one.kind === 'invalid' || other?.kind === 'invalid',
  };
}

/** The address's part behind the question mark for these instants. */
export function pastAddress({ by, at, and }: Omit<AskedPast, 'invalid'>): string {
  const params = new URLSearchParams({ by });
  if (at !== null) params.set('at', String(at));
  if (and !== null) params.set('and', String(and));
  return `?${params.toString()}`;
}
