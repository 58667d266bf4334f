/** What does not go on by itself, with the commands that are legal for ops now. */
import type { Database } from '#platform/database/database.ts';
import { LATE_MONEY } from '../payments/late-money.ts';
import type { Queries, StuckRow } from '../queries.ts';

/** Business ms without progress after which a case is shown to people. */
const STUCK_AFTER_MS = 10 * 60_000;
/** The same for calls outward, in wall ms: the provider's day is not ours to move. */
const CALL_STUCK_AFTER_MS = 2 * 60_000;
/** Business ms before the end of the time to answer a bank. */
const BANK_DEADLINE_NEAR_MS = 48 * 3_600_000;

interface Kind {
  readonly what: string;
  /** SQL over the tables in `from`. */
  readonly bookingId: string;
  readonly since: string;
  readonly detail: string;
  readonly subjectId?: string;
  readonly proposedBy?: string;
  /** Of `text[]`. */
  readonly commands: string;
  /** FROM and WHERE; $1 is the business instant before which something should have happened, $2 is now. */
  readonly from: string;
}

const all = (...commands: readonly string[]): string =>
  commands.length === 0 ? `'{}'::text[]` : `ARRAY[${commands.map((command) => `'${command}'`).join(', ')}]`;

/** A pause that still stands at $2. */
const PAUSED = `EXISTS (SELECT FROM jsonb_each(p.pauses) e
  WHERE jsonb_typeof(e.value) = 'null' OR (e.value)::text::int8 > $2)`;

/** One of those pauses whose cause is not over: it ends with its cause, and not because somebody is in a hurry. */
const CAUSE_STANDS = `EXISTS (SELECT FROM jsonb_each(p.pauses) e
  WHERE (jsonb_typeof(e.value) = 'null' OR (e.value)::text::int8 > $2) AND CASE e.key
    WHEN 'account-suspended' THEN NOT EXISTS (
      SELECT FROM read_model.account a WHERE a.tutor_id = p.tutor_id AND a.status = 'active')
    WHEN 'chargeback' THEN EXISTS (SELECT FROM read_model.capture c WHERE c.booking_id = p.booking_id AND c.frozen)
    ELSE true END)`;

/** Paise of the captured payment `c` that nobody asked back and no bank took. */
const REFUNDABLE = `c.amount - c.lost - (SELECT coalesce(sum(asked.amount), 0) FROM read_model.refund asked
  WHERE asked.provider_payment_id = c.provider_payment_id AND asked.state <> 'failed')`.trim();

const KINDS: readonly Kind[] = [
  {
    what: 'awaiting-payment',
    bookingId: 'booking_id',
    since: 'pay_by',
    detail: `'The time to pay is over, yet it has not expired.'`,
    commands: all('ExpireBooking'),
    from: `read_model.booking WHERE state = 'awaiting-payment' AND pay_by < $1`,
  },
  {
    what: 'lesson-not-ended',
    bookingId: 'b.booking_id',
    since: 'l.starts_at + l.minutes * 60000::int8',
    detail: `'The lesson should have ended: ' || l.code`,
    commands: all('EndLesson'),
    from: `read_model.lesson l JOIN read_model.lesson_seat s USING (lesson_id) JOIN read_model.booking b USING (booking_id)
      WHERE l.state IN ('scheduled', 'live') AND l.starts_at + l.minutes * 60000::int8 + 900000 < $1`,
  },
  {
    what: 'payout-overdue',
    bookingId: 'booking_id',
    since: 'release_at',
    detail: `'The hold is over, yet it is not released.'`,
    commands: `CASE WHEN p.state = 'hold-running' THEN ${all('AuthorizeRelease')} ELSE ${all()} END`,
    from: `read_model.payout p WHERE state IN ('hold-running', 'releasing') AND release_at < $1 AND owed = 0
      AND (state = 'releasing' OR NOT ${PAUSED})`,
  },
  {
    what: 'payout-paused',
    bookingId: 'booking_id',
    since: 'release_at',
    detail: `'The hold is over, and this still stands in the way: '
      || (SELECT string_agg(e.key, ', ' ORDER BY e.key) FROM jsonb_each(p.pauses) e)`,
    commands: `CASE WHEN ${CAUSE_STANDS} THEN ${all()} ELSE ${all('ResumePayout')} END`,
    from: `read_model.payout p WHERE state = 'hold-running' AND release_at < $1 AND ${PAUSED}`,
  },
  {
    what: 'reversal-failed',
    bookingId: 'booking_id',
    since: 'planned_at',
    detail: `'To be taken back from the transfer, in paise: ' || owed || coalesce((SELECT '. ' || min(r.failure)
      FROM read_model.reversal r WHERE r.booking_id = p.booking_id AND r.reversal_id IS NULL), '')`,
    commands: `CASE WHEN p.state IN ('held', 'hold-running') THEN ${all('RequestReversal')} ELSE ${all()} END`,
    from: `read_model.payout p WHERE owed > 0 AND state <> 'reversing'`,
  },
  {
    what: 'transfer-failed',
    bookingId: 'booking_id',
    since: 'planned_at',
    detail: `coalesce(failure, '')`,
    // Not CancelPayout: a payout whose payment goes back whole is cancelled by itself; any other is the tutor's.
    commands: all('RequestTransfer'),
    from: `read_model.payout p WHERE (state = 'failed' OR disputed_from = 'failed') AND planned_at < $1`,
  },
  {
    what: 'payout-missing',
    bookingId: 'b.booking_id',
    since: 'b.confirmed_at',
    detail: `'Paid, but the tutor has no account to be paid on.'`,
    // What is completed is nobody's to cancel; a cancellation that waits for a second person has a row of its own.
    commands: `CASE WHEN a.status = 'active' THEN ${all('PlanPayout')} ELSE ${all()} END
      || CASE WHEN b.state = 'completed' OR b.cancel_id IS NOT NULL THEN ${all()} ELSE ${all('CancelBooking')} END`,
    from: `read_model.booking b LEFT JOIN read_model.payout p USING (booking_id)
      LEFT JOIN read_model.account a ON a.tutor_id = b.tutor_id
      WHERE p.booking_id IS NULL AND b.state IN ('confirmed', 'in-progress', 'under-review', 'completed')
        AND b.confirmed_at < $1`,
  },
  {
    what: 'cancellation-proposed',
    bookingId: 'booking_id',
    since: 'cancel_proposed_at',
    detail: `'A second person must agree. To give back, in paise: ' || cancel_refund || '. ' || cancel_reason`,
    subjectId: 'cancel_id',
    proposedBy: 'cancel_proposed_by',
    commands: all('ApproveCancellation', 'RejectCancellation'),
    from: `read_model.booking WHERE cancel_id IS NOT NULL`,
  },
  {
    what: 'under-review',
    bookingId: 'b.booking_id',
    since: 'b.starts_at',
    detail: `coalesce(b.outcome, '')`,
    // A case is opened where money still waits for it, and a decision that stands is given to the booking.
    commands: `CASE WHEN EXISTS (SELECT FROM read_model.dispute d WHERE d.booking_id = b.booking_id AND d.state = 'resolved')
        OR EXISTS (SELECT FROM read_model.payout p WHERE p.booking_id = b.booking_id
          AND p.state IN ('planned', 'transfer-pending', 'failed', 'held', 'hold-running', 'disputed') AND p.owed = 0)
      THEN ${all('DecideReviewedBooking')} ELSE ${all()} END`,
    // Where there is a dispute or a review, that is what waits.
    from: `read_model.booking b WHERE b.state = 'under-review' AND b.starts_at < $1
      AND NOT EXISTS (SELECT FROM read_model.dispute d WHERE d.booking_id = b.booking_id
        AND d.state IN ('opened', 'under-review', 'awaiting-second'))`,
  },
  {
    what: 'dispute-unanswered',
    bookingId: 'booking_id',
    since: 'answer_by',
    detail: `'The tutor’s time to answer is over, yet nobody reviews it.'`,
    commands: all('EscalateDispute'),
    from: `read_model.dispute WHERE state = 'opened' AND answer_by < $1`,
  },
  {
    what: 'dispute-overdue',
    bookingId: 'booking_id',
    since: 'decide_by',
    detail: `CASE WHEN state = 'under-review' THEN 'It should have been decided.' ELSE 'A second person should have looked at it.' END`,
    commands: `CASE WHEN state = 'under-review' THEN ${all('ProposeResolution', 'AddStatement')}
      ELSE ${all('ApproveResolution', 'RejectResolution')} END`,
    from: `read_model.dispute WHERE state IN ('under-review', 'awaiting-second') AND decide_by <= $2`,
  },
  {
    what: 'dispute-money',
    bookingId: 'd.booking_id',
    since: 'd.ended_at',
    detail: `'It is decided, yet the payout still waits for it.'`,
    commands: all('ClosePayoutDispute'),
    from: `read_model.dispute d JOIN read_model.payout p USING (booking_id)
      WHERE d.state IN ('resolved', 'withdrawn') AND p.state = 'disputed' AND d.ended_at < $1`,
  },
  {
    what: 'refund-failed',
    bookingId: 'r.booking_id',
    since: 'r.requested_at',
    detail: 'r.reason',
    commands: `CASE WHEN c.frozen THEN ${all()} ELSE ${all('RequestRefund')} END`,
    // With nothing left, the payer has the money by another refund or from their bank.
    from: `read_model.refund r JOIN read_model.capture c ON c.provider_payment_id = r.provider_payment_id
      WHERE r.state = 'failed' AND r.requested_at < $1 AND ${REFUNDABLE} > 0 AND NOT EXISTS (
        SELECT 1 FROM read_model.refund later WHERE later.provider_payment_id = r.provider_payment_id
          AND later.state <> 'failed' AND later.requested_at >= r.requested_at)`,
  },
  {
    what: 'refund-delayed',
    bookingId: 'booking_id',
    since: 'requested_at',
    detail: `'Our balance at the provider is too low for it, in paise: ' || amount`,
    commands: all(),
    from: `read_model.refund WHERE state = 'delayed'`,
  },
  {
    what: 'refund-missing',
    bookingId: 'b.booking_id',
    since: 'c.captured_at',
    detail: `'Paid after the booking was over, and no refund was asked for: ' || c.provider_payment_id`,
    commands: `CASE WHEN c.frozen THEN ${all()} ELSE ${all('RequestRefund')} END`,
    from: LATE_MONEY.replace(/^\s*FROM /, ''),
  },
  {
    what: 'chargeback-deadline',
    bookingId: 'c.booking_id',
    since: 'c.opened_at',
    detail: `CASE WHEN c.respond_by < $2 THEN 'The time to answer the bank is over.' ELSE 'The bank waits for an answer.' END
      || coalesce(' ' || c.problem, '')`,
    subjectId: 'c.chargeback_id',
    // Up to the time itself (CB7, CB8); after it the bank’s word is waited for.
    commands: `CASE WHEN c.respond_by < $2 THEN ${all()} ELSE ${all('RequestContest', 'RequestAccept')} END`,
    from: `read_model.chargeback c WHERE c.state IN ('open', 'action-required')
      AND c.respond_by <= $2 + ${BANK_DEADLINE_NEAR_MS}::int8`,
  },
  {
    what: 'account-failed',
    bookingId: `''`,
    since: 'a.since',
    detail: `'The account of a tutor could not be made: ' || coalesce(a.problem, '')`,
    subjectId: 'a.tutor_id',
    commands: all('RequestLinkedAccount'),
    from: `read_model.account a WHERE a.status = 'failed'`,
  },
];

const selectOf = ({
  what,
  bookingId,
  since,
  detail,
  subjectId = 'NULL::text',
  proposedBy = 'NULL::text',
  commands,
  from,
}: Kind): string =>
  `SELECT ${bookingId} AS "bookingId", '${what}' AS what, ${since} AS since, ${detail} AS detail,
     ${subjectId} AS "subjectId", ${proposedBy} AS "proposedBy", ${commands} AS commands FROM ${from}`;

const CASES = `${KINDS.map(selectOf).join(' UNION ALL ')} ORDER BY since, what, "bookingId" LIMIT 500`;

/**
 * Calls are ordered by a booking's id, or by what else they are about, such as `tutor:<id>`. What a rejected one means for
 * a transfer, a refund, a reversal, an account or a chargeback is in the log and has a row of its own above.
 */
const CALLS = `
  SELECT CASE WHEN booking_id LIKE '%:%' THEN '' ELSE booking_id END AS "bookingId", 'call-' || state AS what,
    created_at AS since, kind || ': ' || coalesce(problem, '') AS detail,
    CASE WHEN booking_id LIKE '%:%' THEN substr(booking_id, strpos(booking_id, ':') + 1) END AS "subjectId",
    '{}'::text[] AS commands
  FROM worker.outbound_call
  WHERE (state IN ('planned', 'unknown') AND created_at < $1) OR problem LIKE 'not recorded:%'
    OR (state = 'rejected' AND kind IN ('create-order', 'update-settlements'))
  ORDER BY since, operation_id LIMIT 500`;

const PARKED = `
  SELECT CASE WHEN stream ~ '^(booking|payment|payout|dispute)-' THEN substr(stream, strpos(stream, '-') + 1) ELSE '' END
      AS "bookingId",
    'event-parked' AS what, parked_at AS since,
    stream || ' ' || consumer || '/' || part || ' ' || type || ': ' || error AS detail,
    CASE WHEN stream ~ '^(booking|payment|payout|dispute)-' THEN NULL ELSE substr(stream, strpos(stream, '-') + 1) END
      AS "subjectId",
    '{}'::text[] AS commands
  FROM worker.parked_event ORDER BY since, event_id LIMIT 500`;

export const stuckQueries = (db: Database): Pick<Queries, 'stuck'> => ({
  async stuck(now) {
    const cases = await db.query<StuckRow>(CASES, [Math.floor(now) - STUCK_AFTER_MS, Math.floor(now)]);
    const calls = await db.query<StuckRow>(CALLS, [Date.now() - CALL_STUCK_AFTER_MS]);
    const parked = await db.query<StuckRow>(PARKED);
    return [...cases, ...calls, ...parked];
  },
});
