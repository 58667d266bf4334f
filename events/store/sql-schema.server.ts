/**
 * The log in SQL, the same for PGlite and PostgreSQL 15. `log_append_many` is many appends in one statement, and so in
 * one round trip and one transaction. It locks the single row of `log_head` first: that makes positions dense and
 * appear in commit order, so that a reader at `pos > checkpoint` can never pass an event that commits late.
 */
export const LOG_CHANNEL = 'log_appended';

/**
 * Between the texts of one list: canonical JSON escapes it, and names cannot hold it. A joined text costs both sides
 * far less than an array of texts, in which every quotation mark is escaped.
 */
export const SEPARATOR = '\u0001';

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

  // One append. Programs that do not know log_append_many call it; both take the same lock and keep the same chain.
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

  // EventStoreDB's procedure (eventstore.md §1) when an append is not simply the next one: what log_append does, asked
  // of the stream as it is now. 'appended' here means that nothing stands against it.
  `CREATE FUNCTION log_look(
     p_stream text, p_expected int8, p_ids uuid[], p_last int8,
     OUT outcome text, OUT revision int8, OUT pos int8)
   LANGUAGE plpgsql AS $$
   DECLARE
     wanted int := cardinality(p_ids);
     known int;
   BEGIN
     revision := p_last;
     IF p_expected = -4 AND p_last < 0 THEN
       outcome := 'wrong';
     ELSIF p_expected IN (-2, -4) THEN
       IF NOT EXISTS (SELECT FROM log_event e WHERE e.stream = p_stream AND e.id = p_ids[1]) THEN
         outcome := 'appended';
       ELSE
         -- Known ids, each at the last place where it stands in this stream.
         SELECT count(*) INTO known FROM unnest(p_ids) AS w (id)
          WHERE EXISTS (SELECT FROM log_event e WHERE e.stream = p_stream AND e.id = w.id);
         IF known < wanted THEN
           outcome := 'wrong';
         ELSE
           outcome := 'duplicate';
           SELECT e.rev, e.pos INTO revision, pos FROM log_event e
            WHERE e.stream = p_stream AND e.id = p_ids[wanted] ORDER BY e.rev DESC LIMIT 1;
         END IF;
       END IF;
     ELSIF p_expected = p_last THEN
       outcome := 'appended';
     ELSE
       SELECT count(*), max(e.pos) INTO known, pos
         FROM unnest(p_ids) WITH ORDINALITY AS w (id, n)
         JOIN log_event e ON e.stream = p_stream AND e.rev = p_expected + w.n AND e.id = w.id;
       IF p_expected < p_last AND wanted > 0 AND known = wanted THEN
         outcome := 'duplicate';
         revision := p_expected + wanted;
       ELSE
         outcome := 'wrong';
       END IF;
     END IF;
     IF outcome = 'appended' AND wanted = 0 THEN
       SELECT e.pos INTO pos FROM log_event e WHERE e.stream = p_stream AND e.rev = p_last;
     END IF;
   END $$`,

  // Many appends, each decided by itself and in the order given; rows in the same order. All lists of one length are of
  // the appends (streams, expected, counts, earlier), those of the other of their events, one after the other.
  // earlier is the append before in this call to the same stream, 0 for none. Lists of text are joined by U+0001.
  // Events wait in arrays until an append needs to see them in the table, or the end: one INSERT for all.
  `CREATE FUNCTION log_append_many(
     p_streams text, p_expected int8[], p_counts int[], p_earlier int[],
     p_ids uuid[], p_types text, p_data text, p_meta text)
   RETURNS TABLE (outcome text, revision int8, pos int8, recorded int8, chains text)
   LANGUAGE plpgsql AS $$
   #variable_conflict use_column
   DECLARE
     head log_head%ROWTYPE;
     streams text[] := string_to_array(p_streams, chr(1));
     expected int8[] := p_expected;
     counts int[] := p_counts;
     earlier int[] := p_earlier;
     ids uuid[] := p_ids;
     types text[] := string_to_array(p_types, chr(1));
     data text[] := string_to_array(p_data, chr(1));
     meta text[] := string_to_array(p_meta, chr(1));
     lasts int8[];
     -- Of each event; NULL for one that waits not (any more) to be written. Full from the start: all begin at 1.
     at_streams text[] := array_fill(NULL::text, ARRAY[cardinality(ids)]);
     positions int8[] := array_fill(NULL::int8, ARRAY[cardinality(ids)]);
     revisions int8[] := positions;
     hashes bytea[] := array_fill(NULL::bytea, ARRAY[cardinality(ids)]);
     last int8;
     simple bool;
     pending bool := false;
     seen int := 0;
   BEGIN
     SELECT h.* INTO head FROM log_head h WHERE h.one = 1 FOR UPDATE;
     SELECT array_agg(coalesce((SELECT max(e.rev) FROM log_event e WHERE e.stream = s.name), -1) ORDER BY s.n)
       INTO lasts FROM unnest(streams) WITH ORDINALITY AS s (name, n);
     recorded := greatest(floor(extract(epoch FROM clock_timestamp()) * 1000)::int8, head.recorded_at);

     FOR i IN 1 .. cardinality(streams) + 1 LOOP
       IF i <= cardinality(streams) THEN
         last := lasts[CASE WHEN earlier[i] > 0 THEN earlier[i] ELSE i END];
         simple := expected[i] = last AND counts[i] > 0;
       END IF;
       IF pending AND (i > cardinality(streams) OR NOT simple) THEN
         INSERT INTO log_event (pos, stream, rev, id, type, data, meta, recorded_at, chain)
         SELECT w.pos, w.stream, w.rev, w.id, w.type, w.data, w.meta, recorded, w.chain
           FROM unnest(positions, at_streams, revisions, ids, types, data, meta, hashes)
             AS w (pos, stream, rev, id, type, data, meta, chain)
          WHERE w.pos IS NOT NULL;
         positions := array_fill(NULL::int8, ARRAY[cardinality(ids)]);
         pending := false;
       END IF;
       EXIT WHEN i > cardinality(streams);

       outcome := 'appended';
       revision := last;
       pos := NULL;
       chains := '';
       IF NOT simple THEN
         SELECT l.outcome, l.revision, l.pos INTO outcome, revision, pos
           FROM log_look(streams[i], expected[i], ids[seen + 1 : seen + counts[i]], last) AS l;
       END IF;
       IF outcome = 'appended' AND counts[i] > 0 THEN
         pending := true;
         FOR n IN seen + 1 .. seen + counts[i] LOOP
           head.pos := head.pos + 1;
           last := last + 1;
           head.chain := sha256(head.chain || convert_to(
             '{"data":' || data[n] || ',"id":"' || ids[n] || '","meta":' || meta[n]
             || ',"position":"' || lpad(head.pos::text, 16, '0') || '","recordedAt":' || recorded
             || ',"revision":' || last || ',"stream":"' || streams[i] || '","type":"' || types[n] || '"}', 'UTF8'));
           at_streams[n] := streams[i];
           positions[n] := head.pos;
           revisions[n] := last;
           hashes[n] := head.chain;
           chains := chains || encode(head.chain, 'hex');
         END LOOP;
         revision := last;
         pos := head.pos;
       END IF;
       lasts[i] := last;
       seen := seen + counts[i];
       RETURN NEXT;
     END LOOP;

     UPDATE log_head h SET pos = head.pos, chain = head.chain, recorded_at = recorded
      WHERE h.one = 1 AND h.pos <> head.pos;
     IF FOUND THEN
       PERFORM pg_notify('${LOG_CHANNEL}', '');
     END IF;
   END $$`,

  // Only an append that names no revision looks for ids, and then in its own stream, which UNIQUE (stream, rev) finds.
  `DROP INDEX log_event_id`,
];
