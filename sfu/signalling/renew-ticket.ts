import { may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isTicket } from './schema.ts';

/** The same person in the same lesson and role, for longer. Anything else needs a connection of its own. */
export function renewTicket(caller: Caller, data: unknown): Answer<{ expiresAt: number }> {
  if (!may(caller, 'stay')) return refused('not-allowed');
  if (!isTicket(data)) return refused('bad-request');
  const ticket = caller.tickets.verify(data.ticket);
  const { lessonId, personId, role } = caller.ticket;
  if (ticket === null || ticket.lessonId !== lessonId || ticket.personId !== personId || ticket.role !== role)
    return refused('ticket-invalid');
  caller.ticket = ticket;
  if (caller.place !== null) caller.place.peer.ticketExpiresAt = ticket.expiresAt;
  return { ok: true, data: { expiresAt: ticket.expiresAt } };
}
