/**
 * What we compare with: the same deciders over a store of the usual kind, one transaction a command. A pool; BEGIN, read
 * the stream, insert the events at the expected version, project them, COMMIT; every statement prepared. It keeps no chain
 * and no dense positions. Without its read models it is a contender of its own.
 */
import pg from 'pg';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { safeInteger } from '#platform/database/errors.ts';
import { prepareProjections } from '#projections/worker.server.ts';
import { positionFrom } from '#events/store/position.ts';
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
import type { EventMeta, RecordedEvent } from '#events/store/event-store.ts';
import * as tutor from '#events/tutor/decide.ts';
import * as tutorStream from '#events/tutor/events.ts';
import type { Give } from './drive.ts';
import { projectInline } from './rival-rows.ts';
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
           FROM unnest($2::int[], $3::uuid[], $4::text[], $5::jsonb[], $6::jsonb[]) AS e (version, id, type, data, meta)
         RETURNING position`,
};
/** Someone else was faster at this stream, or holds a row of a read model and waits for one of ours. */
const ANEW: readonly string[] = ['23505', '40P01'];

/** More than any command makes. */
const MOST_EVENTS = 64;

export interface Rival {
  readonly give: Give;
  close(): Promise<void>;
}

export interface RivalSettings {
  readonly lives: number;
  readonly connections: number;
  /** Also writes all read models. */
  readonly projects: boolean;
}

/** In an empty database, with the tutors of so many lives. */
export async function openRival(url: string, { lives, connections, projects }: RivalSettings): Promise<Rival> {
  if (projects) {
    const db = await openPostgres(url);
    await prepareProjections(db);
    await db.close();
  }
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, safeInteger);
  const pool = new pg.Pool({ connectionString: url, max: connections, min: connections, types });
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
      const meta: EventMeta = {
        ...{ commandId, correlationId: commandId, causationId: commandId },
        ...{ actor: { kind: 'system', id: 'bench' }, occurredAt: command.now, schemaVersion: 1 },
      };
      const metaText = JSON.stringify(meta);
      const { rows: placed } = await client.query<{ position: number }>({
        ...INSERT,
        values: [
          stream,
          decision.map((_, index) => rows.length + index),
          decision.map((_, index) => idFrom(stream, commandId, index)),
          decision.map((event) => event.type),
          decision.map((event) => JSON.stringify(event.data)),
          decision.map(() => metaText),
        ],
      });
      const [first] = placed;
      if (projects && first) {
        const events = decision.map((event, index): RecordedEvent => ({
          ...{ id: idFrom(stream, commandId, index), type: event.type, data: event.data, meta, stream },
          ...{ category: stream.slice(0, stream.indexOf('-')), revision: rows.length + index },
          ...{ position: positionFrom(placed[index]?.position ?? 0), recordedAt: command.now, chain: '' },
        }));
        // Positions of others may lie between: each transaction numbers its facts within a block of its own.
        await projectInline(client, events, first.position * MOST_EVENTS);
      }
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
        if (!(error instanceof pg.DatabaseError) || !ANEW.includes(error.code ?? '')) throw error;
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
