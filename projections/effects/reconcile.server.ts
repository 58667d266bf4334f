/**
 * Re-reads at the provider what is not settled yet, in case a webhook never came. Rules RC1–RC3 of SPEC.md.
 * Calls outward are not its business: the outbox reads those itself until they are settled.
 */
import type { Submit } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import type { PaymentDesk } from './observe.server.ts';
import type { PaymentGateway } from './payment-gateway.ts';

const DAY = 86_400_000;
/** A bank may say yes up to five days after the attempt (late authorisation). */
const LATE_MS = 5 * DAY;
const AT_A_TIME = 25;

export interface ReconcilerSettings {
  readonly db: Database;
  readonly gateway: PaymentGateway;
  readonly desk: PaymentDesk;
  readonly submit: Submit;
  readonly clock: BusinessClock;
  readonly log: Log;
}

export function createReconciler(settings: ReconcilerSettings): { run(): Promise<boolean> } {
  const { db, gateway, desk, submit, clock, log } = settings;
  /** Where the last round over released payouts ended, so that each gets its turn. */
  let lastReleased = '';
  let lastUnpaid = '';

  /** Orders that may still be paid, also those whose booking has gone by then. */
  async function readUnpaid(): Promise<void> {
    const rows = await db.query<{ booking_id: string }>(
      `SELECT p.booking_id FROM read_model.payment p
       WHERE p.order_id IS NOT NULL AND p.state <> 'paid' AND p.pay_by > $1 AND p.booking_id > $2
       ORDER BY p.booking_id LIMIT $3`,
      [clock.now() - LATE_MS, lastUnpaid, AT_A_TIME],
    );
    lastUnpaid = rows.length < AT_A_TIME ? '' : (rows.at(-1)?.booking_id ?? '');
    for (const { booking_id } of rows) {
      const observed = await desk.observeOrder(booking_id);
      if (observed.kind === 'later')
        log.warn({ bookingId: booking_id, cause: observed.cause }, 'an unpaid order could not be read');
    }
  }

  /** There is no webhook for the bank's settlement of a transfer. */
  async function readReleased(): Promise<void> {
    const rows = await db.query<{ booking_id: string; transfer_id: string }>(
      `SELECT booking_id, transfer_id FROM read_model.payout
       WHERE state = 'released' AND transfer_id IS NOT NULL AND booking_id > $1 ORDER BY booking_id LIMIT $2`,
      [lastReleased, AT_A_TIME],
    );
    lastReleased = rows.length < AT_A_TIME ? '' : (rows.at(-1)?.booking_id ?? '');
    for (const { booking_id: bookingId, transfer_id } of rows) {
      const transfer = await gateway.transfer(transfer_id);
      if (transfer.kind !== 'ok' || !transfer.value.settled || transfer.value.settlementId === null) continue;
      const settlementId = transfer.value.settlementId;
      const outcome = await submit(
        { type: 'RecordSettlement', now: clock.now(), data: { bookingId, settlementId } },
        {
          commandId: idFrom('settlement', bookingId, settlementId),
          correlationId: bookingId,
          causationId: transfer_id,
          actor: { kind: 'provider', id: gateway.name },
        },
      );
      if (isRefusal(outcome)) log.warn({ bookingId, code: outcome.code }, 'a settlement was refused');
    }
  }

  return {
    async run() {
      await readUnpaid();
      await readReleased();
      return false;
    },
  };
}
