import type { BookingCommand } from '#events/booking/decide.ts';
import type { LessonEvent } from '#events/lesson/events.ts';
import type { Fact } from '../fact.ts';
import { initial } from '../processes/payout-case.ts';
import { releasePayout } from '../processes/release-payout.ts';

type Outcome = Extract<LessonEvent, { type: 'OutcomeDecided' }>['data'];
type AfterOutcome = Extract<BookingCommand, { type: 'CompleteBooking' | 'CancelUntaughtBooking' | 'ReviewBooking' }>;
type WithoutNow<C> = C extends unknown ? Omit<C, 'now'> : never;

/** Where an outcome would stand in a log; no reaction to it looks at that. */
const NOWHERE = {
  id: '',
  stream: '',
  category: 'lesson',
  revision: 0,
  position: '',
  recordedAt: 0,
  chain: '',
  meta: {
    commandId: '',
    correlationId: '',
    causationId: '',
    actor: { kind: 'system', id: 'rehearsal' },
    occurredAt: 0,
    schemaVersion: 1,
  },
} as const;

/** What the product asks of the booking after this outcome of its lesson; null where that is nothing. */
export function commandAfter(data: Outcome): WithoutNow<AfterOutcome> | null {
  const fact: Fact = { ...NOWHERE, type: 'OutcomeDecided', data };
  const [reaction] = releasePayout.react(fact, releasePayout.evolve(initial, fact), { accountId: null });
  if (reaction?.kind !== 'command') return null;
  const { command } = reaction;
  switch (command.type) {
    case 'CompleteBooking':
    case 'CancelUntaughtBooking':
    case 'ReviewBooking':
      return command;
    default:
      return null;
  }
}
