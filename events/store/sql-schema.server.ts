/**
 * The log in SQL, the same for PGlite and PostgreSQL 15. `log_append` is the whole append in one statement, and so in
 * one round trip and one transaction. It locks the single row of `log_head` first: that makes positions dense and
 * appear in commit order, so that a reader at `pos > checkpoint` can never pass an event that commits late.
 */
export const LOG_CHANNEL = 'log_appended';

/** What `expected` is in SQL when it is not a revision, as EventStoreDB numbers it. */
export const EXPECTED = { 'no-stream': -1, any: -2, 'stream-exists': -4 } as const;

export const LOG_SCHEMA: readonly string[] = [
  `CREATE TABLE log_head (
     one int PRIMARY KEY CHECK (one = 1),
     pos int8 NOT NULL,
     chain bytea NOT NULL,
     recorded_at int8 NOT NULL
   )`,
  `INSERT INTO log_head VALUES (1, 0, decode(repeat('00', 32), 'hex'), 0)`,

  // data and meta are canonical JSON and stay text: jsonb would reorder keys, and the chain covers these very bytes.
  `CREATE TABLE log_event (
     pos int8 PRIMARY KEY,
     stream text NOT NULL,
     rev int8 NOT NULL,
     id uuid NOT NULL,
     type text NOT NULL,
     data text NOT NULL,
     meta text NOT NULL,
     recorded_at int8 NOT NULL,
     chain bytea NOT NULL,
     category text NOT NULL GENERATED ALWAYS AS (split_part(stream, '-', 1)) STORED,
     UNIQUE (stream, rev)
   )`,
  `CREATE INDEX log_event_category ON log_event (category, pos)`,
  `CREATE INDEX log_event_id ON log_event (stream, id)`,

  // Raises rather than ignores: a rule that does nothing would hide the attempt.
  `CREATE FUNCTION log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     RAISE EXCEPTION '% of % is refused: the log only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'LG001';
   END $$`,
  `CREATE TRIGGER log_event_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON log_event
     FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()`,
  `CREATE TRIGGER log_head_stays BEFORE INSERT OR DELETE OR TRUNCATE ON log_head
     FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()`,

  // EventStoreDB's procedure (eventstore.md §1); decision.ts has it in words. NULL columns: nothing of the kind exists.
  `CREATE FUNCTION log_append(
     p_stream text, p_expected int8, p_ids uuid[], p_types text[], p_data text[], p_meta text[],
     OUT outcome text, OUT revision int8, OUT pos int8)
   LANGUAGE plpgsql AS $$
   DECLARE
     head log_head%ROWTYPE;
     last int8;
     wanted int := coalesce(cardinality(p_ids), 0);
     known int;
     at int8;
   BEGIN
     SELECT * INTO head FROM log_head WHERE one = 1 FOR UPDATE;
     SELECT coalesce(max(e.rev), -1) INTO last FROM log_event e WHERE e.stream = p_stream;
     revision := last;

     IF p_expected = -4 AND last < 0 THEN
       outcome := 'wrong';
       RETURN;
     END IF;

     IF p_expected IN (-2, -4) THEN
       -- Known ids, each at the last place where it stands in this stream.
       SELECT count(*) INTO known FROM unnest(p_ids) AS w (id)
        WHERE EXISTS (SELECT FROM log_event e WHERE e.stream = p_stream AND e.id = w.id);
       IF EXISTS (SELECT FROM log_event e WHERE e.stream = p_stream AND e.id = p_ids[1]) THEN
         IF known < wanted THEN
           outcome := 'wrong';
           RETURN;
         END IF;
         SELECT e.rev, e.pos INTO revision, pos FROM log_event e
          WHERE e.stream = p_stream AND e.id = p_ids[wanted] ORDER BY e.rev DESC LIMIT 1;
         outcome := 'duplicate';
         RETURN;
       END IF;
     ELSIF p_expected <> last THEN
       SELECT count(*), max(e.pos) INTO known, pos
         FROM unnest(p_ids) WITH ORDINALITY AS w (id, n)
         JOIN log_event e ON e.stream = p_stream AND e.rev = p_expected + w.n AND e.id = w.id;
       IF p_expected < last AND wanted > 0 AND known = wanted THEN
         outcome := 'duplicate';
         revision := p_expected + wanted;
       ELSE
         outcome := 'wrong';
       END IF;
       RETURN;
     END IF;

     outcome := 'appended';
     IF wanted = 0 THEN
       SELECT e.pos INTO pos FROM log_event e WHERE e.stream = p_stream AND e.rev = last;
       RETURN;
     END IF;

     at := greatest(floor(extract(epoch FROM clock_timestamp()) * 1000)::int8, head.recorded_at);
     FOR i IN 1 .. wanted LOOP
       head.pos := head.pos + 1;
       revision := revision + 1;
       head.chain := sha256(head.chain || convert_to(
         '{"data":' || p_data[i] || ',"id":"' || p_ids[i] || '","meta":' || p_meta[i]
         || ',"position":"' || lpad(head.pos::text, 16, '0') || '","recordedAt":' || at
         || ',"revision":' || revision || ',"stream":"' || p_stream || '","type":"' || p_types[i] || '"}', 'UTF8'));
       INSERT INTO log_event (pos, stream, rev, id, type, data, meta, recorded_at, chain)
       VALUES (head.pos, p_stream, revision, p_ids[i], p_types[i], p_data[i], p_meta[i], at, head.chain);
     END LOOP;
     UPDATE log_head SET pos = head.pos, chain = head.chain, recorded_at = at WHERE one = 1;
     pos := head.pos;
     PERFORM pg_notify('${LOG_CHANNEL}', '');
   END $$`,

  `CREATE TABLE log_group (name text PRIMARY KEY, pos int8 NOT NULL)`,
  `CREATE TABLE log_group_message (
     group_name text NOT NULL REFERENCES log_group (name),
     pos int8 NOT NULL REFERENCES log_event (pos),
     attempt int NOT NULL DEFAULT 0,
     due_at int8 NOT NULL DEFAULT 0,
     parked text,
     PRIMARY KEY (group_name, pos)
   )`,
  `CREATE INDEX log_group_due ON log_group_message (group_name, due_at) WHERE parked IS NULL`,
];
