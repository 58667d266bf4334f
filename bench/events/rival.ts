/**
 * What we compare with: the same deciders over a store of the usual kind, one transaction a command. A pool; BEGIN, read
 * the stream, insert the events at the expected version, COMMIT; every statement prepared. It keeps no chain, no dense
 * positions, and no read models.
 */
import pg from 'pg';
import * as booking from '#events/booking/decide.ts';
import * as bookingStream from '#events/booking/events.ts';
import * as calendar from '#events/calendar/decide.ts';
import * as calendarStream from '#events/calendar/events.ts';
import type { AnyEvent } from '#events/handling/registry.ts';
import * as lesson from '#events/lesson/decide.ts';
import * as lessonStream from '#events/lesson/events.ts';
import * as payment from '#events/payment/decide.ts';
import * as paymentStream from '#events/payment/events.ts';
import * as payout from '#events/payout/decide.ts';
import * as payoutStream from '#events/payout/events.ts';
import * as person from '#events/person/decide.ts';
import * as personStream from '#events/person/events.ts';
import type { Command } from '#events/shared/command.ts';
import { fold, type Decider } from '#events/shared/decider.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import * as tutor from '#events/tutor/decide.ts';
import * as tutorStream from '#events/tutor/events.ts';
import type { Give } from './drive.ts';
import { tutorsFor, tutorSteps, type Step } from './life.ts';

const SCHEMA = `CREATE TABLE event (
  position bigserial PRIMARY KEY,
  stream text NOT NULL,
  version int NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  data jsonb NOT NULL,
  meta jsonb NOT NULL,
  created timestamptz NOT NULL DEFAULT now(),
  UNIQUE (stream, version)
)`;
const READ = { name: 'read', text: 'SELECT type, data FROM event WHERE stream = $1 ORDER BY version' };
const INSERT = {
  name: 'insert',
  text: `INSERT INTO event (stream, version, id, type, data, meta)
         SELECT $1, version, id, type, data, meta
           FROM unnest($2::int[], $3::uuid[], $4::text[], $5::jsonb[], $6::jsonb[]) AS e (version, id, type, data, meta)`,
};
const UNIQUE_VIOLATION = '23505';

export interface Rival {
  readonly give: Give;
  close(): Promise<void>;
}

/** In an empty database, with the tutors of so many lives. */
export async function openRival(url: string, lives: number, connections: number): Promise<Rival> {
  const pool = new pg.Pool({ connectionString: url, max: connections, min: connections });
  // The server may say good-bye to a connection that is being closed.
  pool.on('error', () => undefined);
  await pool.query(SCHEMA);

  async function once<State, Asked extends Command, Event extends AnyEvent>(
    stream: string,
    decider: Decider<State, Asked, Event>,
    command: Asked,
    key: string,
  ): Promise<number> {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<Event>({ ...READ, values: [stream] });
      const decision = decider.decide(command, fold(decider, rows));
      if (isRefusal(decision)) throw new Error(`${command.type} was refused: ${decision.code}`);
      const commandId = idFrom('system', 'bench', key);
      const meta = JSON.stringify({
        ...{ commandId, correlationId: commandId, causationId: commandId },
        ...{ actor: { kind: 'system', id: 'bench' }, occurredAt: command.now, schemaVersion: 1 },
      });
      await client.query({
        ...INSERT,
        values: [
          stream,
          decision.map((_, index) => rows.length + index),
          decision.map((_, index) => idFrom(stream, commandId, index)),
          decision.map((event) => event.type),
          decision.map((event) => JSON.stringify(event.data)),
          decision.map(() => meta),
        ],
      });
      await client.query('COMMIT');
      return decision.length;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  async function decided<State, Asked extends Command, Event extends AnyEvent>(
    stream: string,
    decider: Decider<State, Asked, Event>,
    command: Asked,
    key: string,
  ): Promise<number> {
    for (;;) {
      try {
        return await once(stream, decider, command, key);
      } catch (error) {
        // Someone else was faster at this stream: everything anew.
        if (!(error instanceof pg.DatabaseError) || error.code !== UNIQUE_VIOLATION) throw error;
      }
    }
  }

  const give: Give = ({ category, command }: Step, key) => {
    switch (category) {
      case 'booking':
        return decided(`booking-${command.data.bookingId}`, { ...bookingStream, decide: booking.decide }, command, key);
      case 'calendar':
        return decided(
          `calendar-${command.data.tutorId}`,
          { ...calendarStream, decide: calendar.decide },
          command,
          key,
        );
      case 'lesson':
        return decided(`lesson-${command.data.lessonId}`, { ...lessonStream, decide: lesson.decide }, command, key);
      case 'payment':
        return decided(`payment-${command.data.bookingId}`, { ...paymentStream, decide: payment.decide }, command, key);
      case 'payout':
        return decided(`payout-${command.data.bookingId}`, { ...payoutStream, decide: payout.decide }, command, key);
      case 'person':
        return decided(`person-${command.data.personId}`, { ...personStream, decide: person.decide }, command, key);
      case 'tutor':
        return decided(`tutor-${command.data.tutorId}`, { ...tutorStream, decide: tutor.decide }, command, key);
    }
  };

  for (let n = 0; n < tutorsFor(lives); n += 1)
    for (const [index, step] of tutorSteps(n).entries()) await give(step, `tutor ${n} ${index}`);
  return { give, close: () => pool.end() };
}
