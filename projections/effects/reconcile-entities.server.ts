/** Every hour: all that is not settled yet is read again at the provider, and what differs becomes drift. Rule RC5. */
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { lookFor, type Look } from './drift.server.ts';
import type { CaseDesk } from './observe-cases.server.ts';
import type { PaymentGateway, ProviderPayment, ProviderRefund, ProviderTransfer } from './payment-gateway.ts';

const DAY = 86_400_000;
/** A refund or a payout that came to its end stays in sight so long. */
const IN_SIGHT_MS = 7 * DAY;
/** The bank's settlement of a released payout is late after that: T+2 working days, a weekend and a holiday. */
const SETTLED_WITHIN_MS = 7 * DAY;
const AT_A_TIME = 100;

interface MoneyRow {
  readonly payment_id: string;
  readonly booking_id: string;
  readonly amount: number;
  readonly fee: number;
  readonly tax: number;
  readonly payout: string | null;
  readonly transfer_id: string | null;
  readonly share: number | null;
  readonly reversed: number;
  readonly released_at: number | null;
  /** A call about it is on its way: its figures move just now. */
  readonly moving: boolean;
}

interface OurRefund {
  readonly refund_id: string;
  readonly provider_refund_id: string | null;
  readonly amount: number;
  readonly state: string;
}

export interface EntitySettings {
  readonly db: Database;
  readonly gateway: PaymentGateway;
  readonly desk: CaseDesk;
  readonly clock: BusinessClock;
  readonly log: Log;
}

export async function reconcileEntities(settings: EntitySettings): Promise<void> {
  const { db, desk, clock, log } = settings;
  const now = clock.now();
  const look = lookFor(settings, 'entity', now);

  let after = '';
  for (;;) {
    const rows = await db.query<MoneyRow>(
      `SELECT c.provider_payment_id AS payment_id, c.booking_id, c.amount, c.fee, c.tax, p.state AS payout, p.transfer_id,
         p.share, coalesce(p.reversed, 0)::int8 AS reversed, p.released_at,
         EXISTS (SELECT 1 FROM worker.outbound_call o WHERE o.booking_id = c.booking_id
                   AND o.state IN ('planned', 'sent', 'unknown')) AS moving
       FROM read_model.capture c LEFT JOIN read_model.payout p ON p.provider_payment_id = c.provider_payment_id
       WHERE c.provider_payment_id > $1 AND (
         p.state NOT IN ('settled', 'reversed', 'cancelled') OR c.captured_at > $2
         OR EXISTS (SELECT 1 FROM worker.drift d WHERE d.booking_id = c.booking_id AND d.resolved_at IS NULL)
         OR EXISTS (SELECT 1 FROM read_model.refund r WHERE r.provider_payment_id = c.provider_payment_id
                      AND (r.state IN ('requested', 'delayed') OR r.requested_at > $2 OR r.processed_at > $2)))
       ORDER BY c.provider_payment_id LIMIT $3`,
      [after, Math.floor(now - IN_SIGHT_MS), AT_A_TIME],
    );
    for (const row of rows)
      if (row.moving) look.unread(row.booking_id);
      else await comparePayment(settings, look, row, now);
    const last = rows.at(-1);
    if (!last || rows.length < AT_A_TIME) break;
    after = last.payment_id;
  }
  await compareDisputes(settings, look);

  const accounts = await db.query<{ account_id: string; product_id: string | null }>(
    `SELECT a.account_id, nullif(split_part(max(o.provider_id), '/', 2), '') AS product_id
     FROM read_model.account a LEFT JOIN worker.outbound_call o
       ON o.kind = 'create-account' AND split_part(coalesce(o.provider_id, ''), '/', 1) = a.account_id
     WHERE a.account_id IS NOT NULL GROUP BY a.account_id ORDER BY a.account_id`,
  );
  for (const { account_id: accountId, product_id: productId } of accounts) {
    const seen = await desk.observeAccount(accountId, productId);
    if (seen.kind === 'later') log.warn({ accountId, cause: seen.cause }, 'an account could not be read');
  }
  await look.done();
}

async function comparePayment(settings: EntitySettings, look: Look, row: MoneyRow, now: number): Promise<void> {
  const { db, gateway } = settings;
  const { payment_id: paymentId } = row;
  const [payment, refunds, transfers] = [
    await gateway.payment(paymentId),
    await gateway.refundsOf(paymentId),
    await gateway.transfersOfPayment(paymentId),
  ];
  const missing = payment.kind === 'rejected' ? payment.description : null;
  if (missing !== null)
    return look.differs({
      class: 'missing-there',
      subject: paymentId,
      bookingId: row.booking_id,
      ours: `captured ${row.amount}`,
      theirs: missing,
      note: 'The provider does not know a payment that we took.',
    });
  if (payment.kind !== 'ok' || refunds.kind !== 'ok' || transfers.kind !== 'ok') {
    look.unread(row.booking_id);
    return;
  }
  await compareCapture(look, row, payment.value);
  const ours = await db.query<OurRefund>(
    `SELECT refund_id, provider_refund_id, amount, state FROM read_model.refund WHERE provider_payment_id = $1`,
    [paymentId],
  );
  await compareRefunds(look, row, ours, refunds.value);
  await compareTransfers(look, row, transfers.value, now);
}

async function compareCapture(look: Look, row: MoneyRow, payment: ProviderPayment): Promise<void> {
  const about = { subject: row.payment_id, bookingId: row.booking_id };
  if (!payment.captured)
    await look.differs({
      ...about,
      class: 'state',
      ours: 'captured',
      theirs: payment.status,
      note: 'We hold this payment for captured, and the provider does not.',
    });
  const ours = `${row.amount}, fee ${row.fee}, tax ${row.tax}`;
  const theirs = `${payment.amount}, fee ${payment.fee}, tax ${payment.tax}`;
  if (payment.captured && ours !== theirs)
    await look.differs({ ...about, class: 'amount', ours, theirs, note: 'The figures of this payment differ.' });
}

async function compareRefunds(
  look: Look,
  row: MoneyRow,
  ours: readonly OurRefund[],
  theirs: readonly ProviderRefund[],
): Promise<void> {
  const { booking_id: bookingId } = row;
  const count = new Map<string, number>();
  for (const refund of theirs) {
    const { id, operationId, amount, status } = refund;
    const known = ours.find((one) => one.provider_refund_id === id || one.refund_id === operationId);
    const about = { subject: id, bookingId, theirs: `${status} ${amount}` };
    if (!known) {
      if (status !== 'failed')
        await look.differs({
          ...about,
          class: 'missing-here',
          ours: 'nothing',
          note: 'Refunded at the provider, and not by us.',
        });
      continue;
    }
    if (status !== 'failed') count.set(known.refund_id, (count.get(known.refund_id) ?? 0) + 1);
    if ((count.get(known.refund_id) ?? 0) > 1)
      await look.differs({
        ...about,
        class: 'duplicate',
        ours: `${known.state} ${known.amount}`,
        note: 'One refund of ours went out twice.',
      });
    else if (known.amount !== amount)
      await look.differs({
        ...about,
        class: 'amount',
        ours: `${known.state} ${known.amount}`,
        note: 'Another amount was refunded.',
      });
    else if ((status === 'processed') !== (known.state === 'processed') && (known.provider_refund_id ?? id) === id)
      await look.differs({
        ...about,
        class: 'state',
        ours: `${known.state} ${known.amount}`,
        note: 'This refund came to another end.',
      });
  }
  for (const refund of ours)
    if (refund.state === 'processed' && !theirs.some((one) => one.id === refund.provider_refund_id))
      await look.differs({
        class: 'missing-there',
        subject: refund.provider_refund_id ?? refund.refund_id,
        bookingId,
        ours: `processed ${refund.amount}`,
        theirs: 'nothing',
        note: 'We hold this refund for done, and the provider does not know it.',
      });
}

const NOT_RELEASED = ['held', 'hold-running', 'disputed', 'reversing'];

async function compareTransfers(
  look: Look,
  row: MoneyRow,
  theirs: readonly ProviderTransfer[],
  now: number,
): Promise<void> {
  const { booking_id: bookingId, transfer_id: transferId, payout, share } = row;
  for (const transfer of theirs.filter((one) => one.status !== 'failed' && one.id !== transferId))
    await look.differs({
      class: transferId === null ? 'missing-here' : 'duplicate',
      subject: transfer.id,
      bookingId,
      ours: transferId ?? 'nothing',
      theirs: `${transfer.status} ${transfer.amount}`,
      note: 'A transfer of this payment that is not ours.',
    });
  if (transferId === null || payout === null || share === null) return;
  const transfer = theirs.find((one) => one.id === transferId);
  const about = { subject: transferId, bookingId, ours: payout };
  if (!transfer)
    return look.differs({ ...about, class: 'missing-there', theirs: 'nothing', note: 'The transfer is gone.' });
  const { status, amount, amountReversed, onHold, settled } = transfer;
  if (amount !== share || amountReversed !== row.reversed)
    await look.differs({
      ...about,
      class: 'amount',
      ours: `${share}, ${row.reversed} taken back`,
      theirs: `${amount}, ${amountReversed} taken back`,
      note: 'The figures of this transfer differ.',
    });
  const lifted = NOT_RELEASED.includes(payout) && (!onHold || settled);
  const kept = (payout === 'released' || payout === 'settled') && onHold;
  if (lifted || kept)
    await look.differs({
      ...about,
      class: 'state',
      theirs: `${status}, ${onHold ? 'on hold' : 'not on hold'}${settled ? ', settled' : ''}`,
      note: lifted ? 'The money is not held any more, and we did not release it.' : 'Released here, held there.',
    });
  else if (payout === 'released' && !settled && (row.released_at ?? now) < now - SETTLED_WITHIN_MS)
    await look.differs({
      ...about,
      class: 'timing',
      theirs: status,
      note: 'Released, and the bank has not paid it out.',
    });
}

/** A case that is read here is recorded as if its webhook had come; that we had missed it is told. */
async function compareDisputes({ db, gateway, desk, clock }: EntitySettings, look: Look): Promise<void> {
  const known = new Map(
    (
      await db.query<{ chargeback_id: string; booking_id: string; state: string }>(
        'SELECT chargeback_id, booking_id, state FROM read_model.chargeback',
      )
    ).map((row) => [row.chargeback_id, row]),
  );
  for (let skip = 0; ; skip += AT_A_TIME) {
    const asOf = clock.now();
    const page = await gateway.disputes(skip);
    if (page.kind !== 'ok') {
      look.unread(null);
      return;
    }
    for (const dispute of page.value) {
      const ours = known.get(dispute.id);
      const agreed = ours !== undefined && SAME[dispute.status].includes(ours.state);
      known.delete(dispute.id);
      if (agreed) continue;
      await look.differs({
        class: ours ? 'state' : 'missing-here',
        subject: dispute.id,
        bookingId: ours?.booking_id ?? null,
        ours: ours?.state ?? 'nothing',
        theirs: `${dispute.status} ${dispute.amount}`,
        note: 'Nobody told us of this case of a payer’s bank; it was read.',
      });
      await desk.recordDispute(dispute, asOf);
    }
    if (page.value.length < AT_A_TIME) break;
  }
  for (const [id, { booking_id: bookingId, state }] of known)
    await look.differs({
      class: 'missing-there',
      subject: id,
      bookingId,
      ours: state,
      theirs: 'nothing',
      note: 'The provider does not list a case of a payer’s bank.',
    });
}

/** The provider's word for a case → ours. */
const SAME: Readonly<Record<'open' | 'under_review' | 'won' | 'lost' | 'closed', readonly string[]>> = {
  open: ['open', 'action-required', 'contesting', 'accepting'],
  under_review: ['submitted'],
  won: ['won'],
  lost: ['lost', 'accepted'],
  closed: ['closed'],
};
