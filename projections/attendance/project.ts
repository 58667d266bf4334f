import { statement, type Projection } from '../runner/projection.ts';

/** Who was there, who sent and received, who worked: intervals of business time (SPEC RM7). */
export const attendance: Projection = {
  name: 'attendance',
  schema: `
    CREATE TABLE read_model.presence (
      lesson_id text NOT NULL,
      connection_id text NOT NULL,
      from_at int8 NOT NULL,
      person_id text NOT NULL,
      role text NOT NULL,
      to_at int8,
      PRIMARY KEY (lesson_id, connection_id, from_at)
    );
    CREATE INDEX presence_person ON read_model.presence (person_id);
    CREATE TABLE read_model.media (
      lesson_id text NOT NULL,
      connection_id text NOT NULL,
      direction text NOT NULL,
      from_at int8 NOT NULL,
      person_id text NOT NULL,
      to_at int8,
      PRIMARY KEY (lesson_id, connection_id, direction, from_at)
    );
    CREATE TABLE read_model.work (
      lesson_id text NOT NULL,
      person_id text NOT NULL,
      minute int8 NOT NULL,
      PRIMARY KEY (lesson_id, person_id, minute)
    );
  `,
  tables: {
    presence: 'lesson_id, connection_id, from_at',
    media: 'lesson_id, connection_id, direction, from_at',
    work: 'lesson_id, person_id, minute',
  },
  project(fact) {
    switch (fact.type) {
      case 'ParticipantJoined':
        return [
          statement(
            `INSERT INTO read_model.presence (lesson_id, connection_id, from_at, person_id, role)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
            fact.data.lessonId,
            fact.data.connectionId,
            fact.data.at,
            fact.data.personId,
            fact.data.role,
          ),
        ];
      case 'ParticipantLeft': {
        const { lessonId, connectionId, at } = fact.data;
        return [
          statement(
            `UPDATE read_model.presence SET to_at = greatest(from_at, $3)
             WHERE lesson_id = $1 AND connection_id = $2 AND to_at IS NULL`,
            lessonId,
            connectionId,
            at,
          ),
          statement(
            `UPDATE read_model.media SET to_at = greatest(from_at, $3)
             WHERE lesson_id = $1 AND connection_id = $2 AND to_at IS NULL`,
            lessonId,
            connectionId,
            at,
          ),
        ];
      }
      case 'MediaStarted':
        return [
          statement(
            `INSERT INTO read_model.media (lesson_id, connection_id, direction, from_at, person_id)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
            fact.data.lessonId,
            fact.data.connectionId,
            fact.data.direction,
            fact.data.at,
            fact.data.personId,
          ),
        ];
      case 'MediaStopped':
        return [
          statement(
            `UPDATE read_model.media SET to_at = greatest(from_at, $4)
             WHERE lesson_id = $1 AND connection_id = $2 AND direction = $3 AND to_at IS NULL`,
            fact.data.lessonId,
            fact.data.connectionId,
            fact.data.direction,
            fact.data.at,
          ),
        ];
      case 'WorkNoted':
        return [
          statement(
            `INSERT INTO read_model.work (lesson_id, person_id, minute) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
            fact.data.lessonId,
            fact.data.personId,
            fact.data.minute,
          ),
        ];
      case 'LessonEnded': {
        const { lessonId, at } = fact.data;
        return [
          statement(
            `UPDATE read_model.presence SET to_at = greatest(from_at, $2) WHERE lesson_id = $1 AND to_at IS NULL`,
            lessonId,
            at,
          ),
          statement(
            `UPDATE read_model.media SET to_at = greatest(from_at, $2) WHERE lesson_id = $1 AND to_at IS NULL`,
            lessonId,
            at,
          ),
        ];
      }
      default:
        return [];
    }
  },
};
