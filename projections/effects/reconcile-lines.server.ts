/**
 * Every day: the lines of the provider's own books, kept as they are (with the bank's reference of each settlement), and
 * each matched to the fact of ours that it tells of. Rules RC6–RC7.
 */
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { lookFor, type Look } from './drift.server.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import type { ReconLine } from './report-gateway.ts';

export const DAY = 86_400_000;
/** The provider's days are days in India. */
export const IST_MS = 5.5 * 3_600_000;
/** What is younger may be on its way on one of the two sides. */
export const TOLERATED_MS = 3 * DAY;
/** A line changes until it is settled: T+2 working days, a weekend and holidays. */
const READ_AGAIN_DAYS = 7;
/** No further back than this at the first time. */
const FIRST_DAYS = 400;
const PAGE = 1_000;

export interface LineSettings {
  readonly db: Database;
  readonly gateway: PaymentGateway;
  readonly clock: BusinessClock;
  readonly log: Log;
}

/** The number of the day in India since the epoch. */
export const dayOf = (at: number): number => Math.floor((at + IST_MS) / DAY);

/** Reads the lines from `from` (day number) up to today; null when the provider did not answer. */
export async function readLines(settings: LineSettings, from: number): Promise<true | null> {
  const { db, gateway, clock, log } = settings;
  for (let day = from; day <= dayOf(clock.now()); day += 1) {
    const date = new Date(day * DAY);
    for (let skip = 0; ; skip += PAGE) {
      const page = await gateway.recon({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        skip,
      });
      if (page.kind !== 'ok') {
        log.warn({ day: date.toISOString().slice(0, 10), answer: page }, 'the provider’s books could not be read');
        return null;
      }
      await keep(db, page.value, Math.floor(clock.now()));
      if (page.value.length < PAGE) break;
    }
  }
  return true;
}

async function keep(db: Database, lines: readonly ReconLine[], now: number): Promise<void> {
  if (lines.length === 0) return;
  const rows = lines.map((line) => ({ ...line, seenAt: now }));
  await db.query(
    `INSERT INTO worker.provider_line (entity_id, type, debit, credit, amount, fee, tax, settled, settlement_id, utr,
       payment_id, dispute_id, created_at, seen_at)
     SELECT "entityId", type, debit, credit, amount, fee, tax, settled, "settlementId", utr, "paymentId", "disputeId",
       "createdAt", "seenAt"
     FROM jsonb_to_recordset($1::jsonb) AS line("entityId" text, type text, debit int8, credit int8, amount int8, fee int8,
       tax int8, settled boolean, "settlementId" text, utr text, "paymentId" text, "disputeId" text, "createdAt" int8,
       "seenAt" int8)
     ON CONFLICT (entity_id) DO UPDATE SET debit = excluded.debit, credit = excluded.credit, amount = excluded.amount,
       fee = excluded.fee, tax = excluded.tax, settled = excluded.settled, settlement_id = excluded.settlement_id,
       utr = excluded.utr, seen_at = excluded.seen_at`,
    [JSON.stringify(rows)],
  );
}

/** Where reading begins: a week before the last time, or with the first payment there ever was. */
export async function firstDay(db: Database, ranAt: number | null, now: number): Promise<number> {
  if (ranAt !== null) return dayOf(ranAt) - READ_AGAIN_DAYS;
  const [row] = await db.query<{ at: number | null }>('SELECT min(captured_at)::int8 AS at FROM read_model.capture');
  return Math.max(dayOf(row?.at ?? now) - 1, dayOf(now) - FIRST_DAYS);
}

/**
 * What moved our balance at the provider, one row a fact: `entity` is the provider's id of it, `effect` what our ledger
 * says it did to the balance (paise).
 */
const OUR_FACTS = `
  SELECT c.provider_payment_id AS entity, 'payment' AS type, c.booking_id, c.amount - c.fee AS effect, c.captured_at AS at
  FROM read_model.capture c
  UNION ALL SELECT r.provider_refund_id, 'refund', r.booking_id, -r.amount, r.processed_at
  FROM read_model.refund r WHERE r.state = 'processed'
  UNION ALL SELECT p.transfer_id, 'transfer', p.booking_id, e.effect, e.at
  FROM read_model.payout p JOIN LATERAL (
    SELECT sum(l.amount)::int8 AS effect, min(l.at)::int8 AS at FROM read_model.ledger_entry l
    WHERE l.booking_id = p.booking_id AND l.class = 'psp:balance' AND l.type = 'TransferProcessed') e ON e.at IS NOT NULL
  WHERE p.transfer_id IS NOT NULL
  UNION ALL SELECT v.reversal_id, 'adjustment', v.booking_id, v.amount, (
    SELECT max(l.at)::int8 FROM read_model.ledger_entry l WHERE l.booking_id = v.booking_id
      AND l.class = 'psp:balance' AND l.type = 'TransferReversed' AND l.amount = v.amount)
  FROM read_model.reversal v WHERE v.reversal_id IS NOT NULL
  UNION ALL SELECT k.chargeback_id, 'adjustment', k.booking_id, -k.lost, k.since
  FROM read_model.chargeback k WHERE k.state IN ('lost', 'accepted') AND k.lost > 0`;

/** A lost dispute has a line of its own, under the dispute's id as far as we are concerned. */
const THEIR_LINES = `
  SELECT CASE WHEN type = 'adjustment' THEN coalesce(dispute_id, entity_id) ELSE entity_id END AS entity,
    min(type) AS type, sum(credit - debit)::int8 AS effect, min(created_at)::int8 AS at, min(payment_id) AS payment_id
  FROM worker.provider_line GROUP BY 1`;

export const MATCHED = `
  SELECT coalesce(o.entity, t.entity) AS entity, coalesce(o.type, t.type) AS type, o.booking_id, o.effect AS ours,
    t.effect AS theirs, coalesce(o.at, t.at)::int8 AS at, t.payment_id
  FROM (${OUR_FACTS}) o FULL JOIN (${THEIR_LINES}) t ON t.entity = o.entity`;

interface Unmatched {
  readonly entity: string;
  readonly type: string;
  readonly booking_id: string | null;
  readonly ours: number | null;
  readonly theirs: number | null;
  readonly at: number;
  readonly payment_id: string | null;
  /** Of the payment that the line is about, where we know it. */
  readonly about: string | null;
  readonly transfer_id: string | null;
}

/** Compares what was read so far; `from`: ms before which nothing was ever read. */
export async function matchLines(settings: LineSettings, from: number): Promise<void> {
  const { db, clock } = settings;
  const now = clock.now();
  const look = lookFor(settings, 'line', now);
  const rows = await db.query<Unmatched>(
    `SELECT m.*, c.booking_id AS about, p.transfer_id FROM (${MATCHED}) m
     LEFT JOIN read_model.capture c ON c.provider_payment_id = m.payment_id
     LEFT JOIN read_model.payout p ON p.provider_payment_id = m.payment_id
     WHERE m.ours IS DISTINCT FROM m.theirs AND m.at >= $1 ORDER BY m.at, m.entity`,
    [from],
  );
  for (const row of rows) await tell(look, row, now);
  await look.done();
}

async function tell(look: Look, row: Unmatched, now: number): Promise<void> {
  const { entity, type, ours, theirs, at } = row;
  const about = { subject: entity, bookingId: row.booking_id ?? row.about, ours: say(ours), theirs: say(theirs) };
  if (ours !== null && theirs !== null)
    return look.differs({
      ...about,
      class: 'amount',
      note: `This ${type} moved another amount in the provider’s books.`,
    });
  // Young ones are tolerated: webhooks, and the provider's own books, may be late.
  if (at > now - TOLERATED_MS) return;
  if (ours !== null)
    return look.differs({ ...about, class: 'missing-there', note: `The provider’s books do not have this ${type}.` });
  const twice = type === 'transfer' && row.transfer_id !== null && row.transfer_id !== entity;
  await look.differs({
    ...about,
    class: twice ? 'duplicate' : 'missing-here',
    note: twice ? 'A second transfer of one payment.' : `The provider’s books have a ${type} that we know nothing of.`,
  });
}

const say = (effect: number | null): string => (effect === null ? 'nothing' : String(effect));
