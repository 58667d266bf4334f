/**
 * What ops do about a case that does not go on by itself. Each act is offered by the list of stuck cases, is checked
 * against that list again, and ends as a command that the stream may still refuse; the log keeps who and why.
 */
import { fromPerson } from '#events/handling/context.ts';
import type { AnyCommand } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { StuckRow } from '#projections/queries.ts';
import type { BookingParts } from './booking-services.server.ts';
import { actsOf } from './ops-acts.ts';
import { bookingAct } from './ops-booking-acts.server.ts';
import { payoutAct } from './ops-payout-acts.server.ts';
import type { OpsAct, OpsServices, Person } from './services.ts';
import { streamStates } from './stream-states.server.ts';
import { isPartyOf } from './visibility.server.ts';

/** Why ops cancelled or said something, as long as the domain takes it. */
const MAX_REASON = 500;

const NOT_OPS = refuse('forbidden', 'Only ops act on cases.');
const OWN_CASE = refuse('own-case', 'You are a party of this case. Someone else of ops must act on it.');
const GONE = refuse('not-offered', 'This is not open any more. Look at the case again: it went on meanwhile.');

export function opsServices(parts: BookingParts): OpsServices {
  const { submit, queries, now, seen, store } = parts;
  const states = streamStates(store);

  async function offered(act: OpsAct, person: Person): Promise<StuckRow | null> {
    const rows = await queries.stuck(now());
    const row = rows.find(
      (one) =>
        one.what === act.what &&
        one.bookingId === act.bookingId &&
        one.subjectId === act.subjectId &&
        actsOf(one, person.personId).includes(act.command),
    );
    return row ?? null;
  }

  async function isParty(person: Person, row: StuckRow): Promise<boolean> {
    if (row.subjectId === person.personId) return true;
    const booking = row.bookingId === '' ? null : await queries.booking(row.bookingId);
    return booking !== null && (await isPartyOf(queries, person, booking));
  }

  /** The commands that the act comes to, in their order. */
  async function commandsFor(
    person: Person,
    act: OpsAct,
    row: StuckRow,
    requestId: string,
  ): Promise<readonly AnyCommand[] | Refusal> {
    if (act.command === 'RequestLinkedAccount') {
      const tutorId = row.subjectId;
      if (tutorId === null) return GONE;
      const operationId = idFrom('linked-account', tutorId, person.personId, requestId);
      return [{ type: 'RequestLinkedAccount', now: now(), data: { tutorId, operationId } }];
    }
    const asked = { act, bookingId: row.bookingId, by: person.personId, requestId, now: now(), states };
    return (await bookingAct(asked)) ?? (await payoutAct(asked)) ?? GONE;
  }

  return {
    async opsAct(person, asked, requestId) {
      if (!person.roles.includes('ops')) return NOT_OPS;
      const act = { ...asked, reason: asked.reason.trim().slice(0, MAX_REASON) };
      const row = await offered(act, person);
      if (!row) return GONE;
      if (await isParty(person, row)) return OWN_CASE;
      if (act.command === 'LookAgain') {
        await parts.observeOrder(row.bookingId);
        return { kind: 'done' };
      }
      const commands = await commandsFor(person, act, row, requestId);
      if (isRefusal(commands)) return commands;
      let kind: 'done' | 'proposed' = 'done';
      for (const command of commands) {
        const context = fromPerson({
          personId: person.personId,
          // One act may come to several commands of a kind, each to be given once.
          requestId: idFrom('ops', requestId, JSON.stringify(command.data)),
          command: command.type,
          role: 'ops',
          reason: row.what,
        });
        const done = await submit(command, context);
        if (isRefusal(done)) return done;
        await seen(done.position);
        if (done.events.some((event) => event.type === 'CancellationProposed')) kind = 'proposed';
      }
      return { kind };
    },
  };
}
