/** Takes an erased person out of the tables of the workers. Read models are built anew instead; the log is sealed. */
import type { Database, Queryable } from '#platform/database/database.ts';
import { scrubData, scrubText, type Traces } from './scrub.ts';

interface Place {
  readonly table: string;
  /** Together they name a row. */
  readonly key: readonly string[];
  readonly json: readonly string[];
  readonly text: readonly string[];
}

/** Every column of the workers that can hold words. A test looks for what was left in all tables there are. */
const PLACES: readonly Place[] = [
  { table: 'worker.process_state', key: ['process', 'key'], json: ['state'], text: [] },
  { table: 'worker.timer', key: ['key'], json: ['command', 'notice'], text: [] },
  { table: 'worker.outbound_call', key: ['operation_id'], json: ['request'], text: ['problem'] },
  { table: 'worker.webhook', key: ['event_id'], json: [], text: ['body', 'problem'] },
  { table: 'worker.parked_event', key: ['consumer', 'part', 'event_id'], json: [], text: ['error'] },
  { table: 'worker.notice', key: ['notice_id'], json: [], text: ['title', 'body'] },
  { table: 'worker.mail', key: ['mail_id'], json: [], text: ['subject', 'body', 'problem'] },
];

/** Again changes nothing. Others keep their notices, without the name. */
export async function scrubWorkerTables(db: Database, traces: Traces): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('DELETE FROM worker.notice WHERE person_id = $1', [traces.personId]);
    await tx.query('DELETE FROM worker.mail WHERE person_id = $1', [traces.personId]);
    // What the provider says of their payments holds address, phone and card, of which we know nothing here. The sweeps
    // and the reconciler fetch what such a webhook was about.
    await tx.query(
      `UPDATE worker.webhook SET body = '' WHERE body <> '' AND (state <> 'stored' OR EXISTS (
         SELECT FROM read_model.booking b
           LEFT JOIN read_model.payment p USING (booking_id) LEFT JOIN read_model.capture c USING (booking_id)
         WHERE $1 IN (b.student_id, b.booked_by)
           AND (strpos(body, p.order_id) > 0 OR strpos(body, c.provider_payment_id) > 0)))`,
      [traces.personId],
    );
    // A calendar file folds its lines, so that a name may stand in two of them; the booking's page gives a new one.
    await tx.query(
      `UPDATE worker.mail SET calendar = NULL WHERE calendar IS NOT NULL
         AND strpos(regexp_replace(calendar, E'\\r?\\n[ \\t]', '', 'g'), $1) > 0`,
      [traces.name === '' ? traces.personId : traces.name],
    );
    for (const place of PLACES) await scrubPlace(tx, place, traces);
  });
}

async function scrubPlace(tx: Queryable, { table, key, json, text }: Place, traces: Traces): Promise<void> {
  const { name, email, words } = traces;
  const needles = [...words, name, email].filter((needle) => needle !== '');
  if (needles.length === 0) return;
  // Plain data holds a text as JSON writes it, in a column of text as in one of data.
  const found = [
    ...json.map((column) => `coalesce(${column}::text, '')`),
    ...text.map((column) => `coalesce(${column}, '')`),
  ];
  const rows = await tx.query<Record<string, unknown>>(
    `SELECT ${[...key, ...json, ...text].join(', ')} FROM ${table}, lower(concat_ws(' ', ${found.join(', ')})) AS held
      WHERE EXISTS (SELECT FROM unnest($1::text[]) AS n (needle)
                     WHERE strpos(held, lower(needle)) > 0 OR strpos(held, lower(trim(both '"' from to_json(needle)::text))) > 0)`,
    [needles],
  );
  for (const row of rows) {
    const changes: [column: string, cast: string, value: unknown][] = [];
    for (const column of json) {
      const after = scrubData(row[column], traces);
      if (after !== row[column]) changes.push([column, '::jsonb', JSON.stringify(after)]);
    }
    for (const column of text) {
      const before = row[column];
      const after = typeof before === 'string' ? scrubHeld(before, traces) : before;
      if (after !== before) changes.push([column, '', after]);
    }
    if (changes.length === 0) continue;
    const set = changes.map(([column, cast], index) => `${column} = $${index + 1}${cast}`).join(', ');
    const where = key.map((column, index) => `${column} = $${changes.length + index + 1}`).join(' AND ');
    await tx.query(`UPDATE ${table} SET ${set} WHERE ${where}`, [
      ...changes.map(([, , value]) => value),
      ...key.map((column) => row[column]),
    ]);
  }
}

/** A column of text may hold JSON, as a webhook's body does: then its texts are looked at one by one. */
function scrubHeld(text: string, traces: Traces): string {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return scrubText(text, traces);
  }
  const after = scrubData(data, traces);
  return after === data ? text : JSON.stringify(after);
}
