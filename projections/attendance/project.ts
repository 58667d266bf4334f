import { json, table, type Projection, type Rows } from '../runner/projection.ts';

const PRESENCE = table(
  'presence',
  {
    lesson_id: 'text',
    connection_id: 'text',
    from_at: 'int8',
    person_id: 'text',
    role: 'text',
    to_at: 'int8 null',
  },
  { key: ['lesson_id', 'connection_id', 'from_at'], indexes: { presence_person: '(person_id)' } },
);

const MEDIA = table(
  'media',
  {
    lesson_id: 'text',
    connection_id: 'text',
    direction: 'text',
    from_at: 'int8',
    person_id: 'text',
    to_at: 'int8 null',
  },
  { key: ['lesson_id', 'connection_id', 'direction', 'from_at'] },
);

const WORK = table(
  'work',
  { lesson_id: 'text', person_id: 'text', minute: 'int8' },
  { key: ['lesson_id', 'person_id', 'minute'] },
);

const AWAY = table(
  'page_hidden',
  { lesson_id: 'text', person_id: 'text', from_at: 'int8', to_at: 'int8 null' },
  { key: ['lesson_id', 'person_id', 'from_at'] },
);

/** Intervals of a lesson that are open: which rows a leaving person or the lesson's end has to close. */
const OPEN = table('attendance_open', { lesson_id: 'text', intervals: 'jsonb' }, { key: ['lesson_id'] });

/** Connection (of a hidden page its person), what (`here`, `away`, or a direction of media), since when. */
type Open = readonly [whose: string, what: string, from: number];

function openOf(rows: Rows, lessonId: string): readonly Open[] {
  const row = rows.get(OPEN, lessonId);
  const intervals: readonly Open[] = row ? JSON.parse(row.intervals) : [];
  return intervals;
}

function setOpen(rows: Rows, lessonId: string, intervals: readonly Open[]): void {
  if (intervals.length === 0) rows.remove(OPEN, lessonId);
  else rows.put(OPEN, { lesson_id: lessonId, intervals: json(intervals) });
}

function begin(rows: Rows, lessonId: string, interval: Open): void {
  setOpen(rows, lessonId, [...openOf(rows, lessonId), interval]);
}

/** Ends the open intervals of the lesson that `which` picks. An interval is never negative. */
function end(rows: Rows, lessonId: string, at: number, which: (interval: Open) => boolean): void {
  const open = openOf(rows, lessonId);
  const ending = open.filter(which);
  if (ending.length === 0) return;
  for (const [whose, what, from] of ending) {
    const to_at = Math.max(from, at);
    if (what === 'here') {
      const row = rows.get(PRESENCE, lessonId, whose, from);
      if (row) rows.put(PRESENCE, { ...row, to_at });
    } else if (what === 'away') {
      const row = rows.get(AWAY, lessonId, whose, from);
      if (row) rows.put(AWAY, { ...row, to_at });
    } else {
      const row = rows.get(MEDIA, lessonId, whose, what, from);
      if (row) rows.put(MEDIA, { ...row, to_at });
    }
  }
  setOpen(
    rows,
    lessonId,
    open.filter((interval) => !ending.includes(interval)),
  );
}

/** The person's page is before them, or they are not here at all: either way they are not away any more. */
function endAway(rows: Rows, lessonId: string, personId: string, at: number): void {
  end(rows, lessonId, at, ([whose, what]) => what === 'away' && whose === personId);
}

const isHere = (rows: Rows, lessonId: string, personId: string): boolean =>
  openOf(rows, lessonId).some(
    ([whose, what, from]) => what === 'here' && rows.get(PRESENCE, lessonId, whose, from)?.person_id === personId,
  );

/** Who was there, who sent and received, who worked, who had the page out of sight: intervals of business time (SPEC RM7). */
export const attendance: Projection = {
  name: 'attendance',
  tables: [PRESENCE, MEDIA, WORK, AWAY, OPEN],
  project(fact, rows) {
    switch (fact.type) {
      case 'ParticipantJoined': {
        const { lessonId, connectionId, at, personId, role } = fact.data;
        endAway(rows, lessonId, personId, at);
        rows.put(PRESENCE, {
          lesson_id: lessonId,
          connection_id: connectionId,
          from_at: at,
          person_id: personId,
          role,
          to_at: null,
        });
        return begin(rows, lessonId, [connectionId, 'here', at]);
      }
      case 'ParticipantLeft': {
        const { lessonId, connectionId, at, personId } = fact.data;
        end(rows, lessonId, at, ([connection]) => connection === connectionId);
        if (!isHere(rows, lessonId, personId)) endAway(rows, lessonId, personId, at);
        return;
      }
      case 'MediaStarted': {
        const { lessonId, connectionId, direction, at, personId } = fact.data;
        rows.put(MEDIA, {
          lesson_id: lessonId,
          connection_id: connectionId,
          direction,
          from_at: at,
          person_id: personId,
          to_at: null,
        });
        return begin(rows, lessonId, [connectionId, direction, at]);
      }
      case 'MediaStopped': {
        const { lessonId, connectionId, direction, at } = fact.data;
        return end(rows, lessonId, at, ([connection, what]) => connection === connectionId && what === direction);
      }
      case 'PageHidden': {
        const { lessonId, personId, at } = fact.data;
        rows.put(AWAY, { lesson_id: lessonId, person_id: personId, from_at: at, to_at: null });
        return begin(rows, lessonId, [personId, 'away', at]);
      }
      case 'PageShown':
        return endAway(rows, fact.data.lessonId, fact.data.personId, fact.data.at);
      case 'WorkNoted': {
        const { lessonId, personId, minute } = fact.data;
        return rows.put(WORK, { lesson_id: lessonId, person_id: personId, minute });
      }
      case 'LessonEnded':
        return end(rows, fact.data.lessonId, fact.data.at, () => true);
    }
  },
};
