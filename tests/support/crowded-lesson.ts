/** A lesson with very many people and events, written into the log of a product that is down; its own projections read it. */
import { join } from 'node:path';
import { EVENTS, type AnyEvent } from '#events/handling/registry.ts';
import type { LessonEvent } from '#events/lesson/events.ts';
import { idFrom } from '#events/shared/ids.ts';
import type { NewEvent } from '#events/store/event-store.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import { openPglite } from '#platform/database/pglite.server.ts';

const MINUTE = 60_000;

export interface Crowd {
  readonly lessonId: string;
  readonly tutorId: string;
  readonly studentId: string;
  /** With tutor and student. */
  readonly people: number;
  readonly from: number;
  readonly minutes: number;
}

type At = readonly [at: number, event: LessonEvent];

/** What one person did: the same for the same number, and different for each. */
function eventsOf({ lessonId, tutorId, from, minutes }: Crowd, personId: string, number: number): At[] {
  const connectionId = idFrom('crowd-connection', lessonId, personId);
  const direction = personId === tutorId ? 'sent' : 'received';
  const role = personId === tutorId ? 'host' : 'participant';
  const come = from + (number % 7) * 4_000;
  const gone = from + minutes * MINUTE - (number % 5) * 3_000;
  const at = (minute: number): number => from + minute * MINUTE + ((number * 977) % 20_000);
  const events: At[] = [
    [come, { type: 'ParticipantJoined', data: { lessonId, personId, role, connectionId, at: come } }],
    [gone, { type: 'ParticipantLeft', data: { lessonId, personId, connectionId, at: gone, reason: 'left' } }],
  ];
  const pair = (begin: number, end: number, make: (at: number, begins: boolean) => LessonEvent): void =>
    void events.push([begin, make(begin, true)], [end, make(end, false)]);
  for (let minute = 1; minute + 10 < minutes; minute += 10)
    pair(at(minute), at(minute + 9), (when, begins) => ({
      type: begins ? 'MediaStarted' : 'MediaStopped',
      data: { lessonId, personId, connectionId, direction, at: when },
    }));
  for (let minute = 20 + (number % 9); minute + 9 < minutes; minute += 35)
    pair(at(minute), at(minute + 2), (when, begins) => ({
      type: begins ? 'PageHidden' : 'PageShown',
      data: { lessonId, personId, by: personId, at: when },
    }));
  for (let minute = 30 + (number % 11); minute + 9 < minutes; minute += 80)
    pair(at(minute), at(minute + 1), (when, begins) =>
      begins
        ? {
            type: 'ConnectionWeakened',
            data: { lessonId, personId, by: null, at: when, network: 'theirs', rttMs: 420, lossUp: 90, lossDown: 20 },
          }
        : { type: 'ConnectionRecovered', data: { lessonId, personId, by: null, at: when } },
    );
  for (let minute = number % 3; minute + 2 < minutes; minute += 3) {
    const floored = Math.floor(at(minute + 1) / MINUTE) * MINUTE;
    const surface = number % 3 === 0 ? 'chat' : 'board';
    events.push([at(minute + 1), { type: 'WorkNoted', data: { lessonId, personId, surface, minute: floored } }]);
  }
  return events;
}

const newEvent = ([at, event]: At, number: number): NewEvent => {
  const id = idFrom('crowd-event', at, number);
  const known: AnyEvent = event;
  return {
    id,
    type: known.type,
    data: known.data,
    meta: {
      commandId: id,
      correlationId: 'crowd',
      causationId: 'crowd',
      actor: { kind: 'system', id: 'sfu' },
      occurredAt: at,
      schemaVersion: EVENTS[known.type].version,
    },
  };
};

/** @param dataDir of a product that has stopped. Gives how many events were written. */
export async function crowdLesson(dataDir: string, crowd: Crowd): Promise<number> {
  const { lessonId, tutorId, studentId, people, from } = crowd;
  const strangers = Array.from({ length: people - 2 }, (_, index) => idFrom('crowd-person', lessonId, index));
  const began: At = [from, { type: 'LessonStarted', data: { lessonId, at: from } }];
  const events = [
    began,
    ...[tutorId, studentId, ...strangers].flatMap((personId, number) => eventsOf(crowd, personId, number)),
  ].toSorted(([one], [other]) => one - other);
  const db = await openPglite(join(dataDir, 'database'));
  try {
    const store = await openSqlStore(db);
    for (let index = 0; index < events.length; index += 500)
      await store.append(
        `lesson-${lessonId}`,
        'any',
        events.slice(index, index + 500).map((one, n) => newEvent(one, index + n)),
      );
    await store.close();
  } finally {
    await db.close();
  }
  return events.length;
}
