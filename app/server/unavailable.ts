/** Errors that pass by themselves: whoever asked may send the same again in a moment. */
import { StreamBusy } from '#events/handling/handle.ts';
import { LogBusy } from '#events/store/event-store.ts';
import { StoreUnavailable, UnknownOutcome } from '#events/store/eventstoredb-errors.ts';
import { DatabaseUnavailable, SqlError } from '#platform/database/database.ts';

export interface Unavailable {
  readonly code: 'busy' | 'database-unavailable';
  /** For people. */
  readonly detail: string;
}

const BUSY: Unavailable = {
  code: 'busy',
  detail: 'Too many people want the same thing at once. Nothing was changed; try again.',
};
const AWAY: Unavailable = {
  code: 'database-unavailable',
  detail: 'We cannot reach our database, or it cannot write, at the moment. Send the same again in a few seconds.',
};

/** 08: connection, 53: no room, memory or connections left, 57P: shutting down, 58: its disk or system fails. */
const PASSING = /^(08|53|57P|58)/;

/** What to say of an error that is nobody's mistake, or null when it is one. Looks at what caused it, too. */
export function unavailable(error: unknown): Unavailable | null {
  let at = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1) {
    if (at instanceof StreamBusy || at instanceof LogBusy) return BUSY;
    if (at instanceof DatabaseUnavailable || at instanceof StoreUnavailable || at instanceof UnknownOutcome)
      return AWAY;
    if (at instanceof SqlError && PASSING.test(at.code)) return AWAY;
    at = at.cause;
  }
  return null;
}
