/** How somebody was at one moment of the lesson, and who is shown first. Pure. */
import type { PersonThere } from '../../server/replay-presence.ts';

export type There = 'gone' | 'here' | 'sends' | 'receives' | 'away' | 'weak' | 'fault';

const covers = (stretches: PersonThere['here'], at: number): boolean =>
  stretches.some(({ from, to }) => at >= from && at <= to);

/** @param at business ms. */
export function thereAt(person: PersonThere, at: number): readonly There[] {
  if (!covers(person.here, at)) return ['gone'];
  const states = (
    [
      ['sends', person.sent],
      ['receives', person.received],
      ['away', person.away],
      ['weak', person.weak],
      ['fault', person.faults],
    ] as const
  ).flatMap(([state, stretches]): readonly There[] => (covers(stretches, at) ? [state] : []));
  return states.some((state) => state === 'sends' || state === 'receives') ? states : ['here', ...states];
}

/** Hosts first, then whoever had the worst connection, then who was there longest. */
export function inOrder(people: readonly PersonThere[]): readonly PersonThere[] {
  const length = (stretches: PersonThere['here']): number =>
    stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const trouble = (one: PersonThere): number => length(one.weak) + length(one.faults);
  const host = (one: PersonThere): number => (one.role === 'host' ? 1 : 0);
  return people.toSorted((a, b) => host(b) - host(a) || trouble(b) - trouble(a) || length(b.here) - length(a.here));
}
