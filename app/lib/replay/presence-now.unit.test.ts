import { describe, expect, it } from 'vitest';
import { presenceOf, type PersonThere } from '../../server/replay-presence.ts';
import { inOrder, thereAt } from './presence-now.ts';

const MINUTE = 60_000;
const person = (over: Partial<PersonThere>): PersonThere => ({
  personId: 'p',
  name: 'P',
  role: 'participant',
  here: [{ from: 0, to: 10 * MINUTE }],
  sent: [],
  received: [],
  away: [],
  weak: [],
  faults: [],
  ...over,
});

describe('who was there, on the clock of the replay', () => {
  it('[CT9] says how somebody was at a moment', () => {
    const one = person({
      sent: [{ from: MINUTE, to: 2 * MINUTE }],
      weak: [{ from: MINUTE, to: 3 * MINUTE }],
      away: [{ from: 5 * MINUTE, to: 6 * MINUTE }],
    });
    expect(thereAt(one, 0)).toEqual(['here']);
    expect(thereAt(one, 1.5 * MINUTE)).toEqual(['sends', 'weak']);
    expect(thereAt(one, 2.5 * MINUTE)).toEqual(['here', 'weak']);
    expect(thereAt(one, 5.5 * MINUTE)).toEqual(['here', 'away']);
    expect(thereAt(one, 11 * MINUTE)).toEqual(['gone']);
  });

  it('shows the host first, then whose connection was worst', () => {
    const people = [
      person({ personId: 'short', here: [{ from: 0, to: MINUTE }] }),
      person({ personId: 'long' }),
      person({ personId: 'weak', weak: [{ from: 0, to: MINUTE }] }),
      person({ personId: 'host', role: 'host' }),
    ];
    expect(inOrder(people).map(({ personId }) => personId)).toEqual(['host', 'weak', 'long', 'short']);
  });

  it('[CT9] takes stretches of a weak line from the log, and closes what is open now', () => {
    const fact = (id: string, type: string, occurredAt: number, at?: number) => ({
      id,
      type,
      data: { personId: 'a', ...(at !== undefined && { at }) },
      meta: {
        commandId: id,
        correlationId: 'c',
        causationId: 'c',
        actor: { kind: 'system' as const, id: 'sfu' },
        occurredAt,
        schemaVersion: 1,
      },
    });
    const [one] = presenceOf(
      [
        {
          personId: 'a',
          name: 'A',
          role: 'host',
          here: [{ from: 0, to: null }],
          sent: [],
          received: [],
          away: [],
          workedMinutes: [],
          hereMs: 0,
          awayMs: 0,
        },
      ],
      [
        fact('1', 'ConnectionWeakened', MINUTE),
        fact('2', 'ConnectionRecovered', 2 * MINUTE),
        fact('3', 'ConnectionWeakened', 3 * MINUTE),
        fact('4', 'MediaFaultNoticed', 6 * MINUTE, 4 * MINUTE),
        fact('5', 'MediaFaultEnded', 6 * MINUTE, 5 * MINUTE),
      ],
      9 * MINUTE,
    );
    expect(one?.here).toEqual([{ from: 0, to: 9 * MINUTE }]);
    expect(one?.weak).toEqual([
      { from: MINUTE, to: 2 * MINUTE },
      { from: 3 * MINUTE, to: 9 * MINUTE },
    ]);
    // Written down later than it was measured.
    expect(one?.faults).toEqual([{ from: 4 * MINUTE, to: 5 * MINUTE }]);
  });
});
