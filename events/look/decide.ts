import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import {
  ONE_LOOK_MS,
  seenKey,
  type CopyKind,
  type LookEvent,
  type LookRole,
  type LookState,
  type LookSurface,
} from './events.ts';

export type LookCommand =
  /** They were shown what concerns these bookings: one, or those of all seats of a lesson. */
  | Command<'NoteLook', { personId: string; role: LookRole; bookingIds: readonly string[]; surface: LookSurface }>
  /** They are about to be given a file. */
  | Command<'NoteCopy', { personId: string; role: LookRole; kind: CopyKind; bookingId: string | null }>;

/** Twice what the largest lesson has seats for. */
const MOST_BOOKINGS = 100;

/** Rules LK1–LK3. */
export function decide(command: LookCommand, state: LookState): readonly LookEvent[] | Refusal {
  const { now } = command;
  switch (command.type) {
    case 'NoteLook': {
      const { personId, role, bookingIds, surface } = command.data;
      if (bookingIds.length > MOST_BOOKINGS)
        return refuse('too-many-bookings', `At most ${MOST_BOOKINGS} bookings are looked at in one.`);
      return [...new Set(bookingIds)].flatMap((bookingId): LookEvent[] => {
        const last = state.seen.get(seenKey(bookingId, surface));
        if (last !== undefined && now < last + ONE_LOOK_MS) return [];
        return [{ type: 'CaseLookedAt', data: { personId, role, bookingId, surface, at: now } }];
      });
    }
    case 'NoteCopy': {
      const { personId, role, kind, bookingId } = command.data;
      return [{ type: 'CopyTaken', data: { personId, role, kind, bookingId, at: now } }];
    }
    default:
      return never(command, 'look command');
  }
}
