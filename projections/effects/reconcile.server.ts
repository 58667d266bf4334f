/**
 * Compares with the provider: what is not settled yet is read again in case a webhook never came, and what differs is told
 * to people. Rules RC1–RC9 of SPEC.md. Business time says when; how far each job came is kept, so that it goes on after a
 * restart.
 */
import type { Submit } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { crashPoint } from '#platform/crash/crash-point.ts';
import type { CaseDesk } from './observe-cases.server.ts';
import type { PaymentDesk } from './observe.server.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import { compareBalance, compareHeld } from './reconcile-balance.server.ts';
import { reconcileEntities } from './reconcile-entities.server.ts';
import { DAY, dayOf, firstDay, IST_MS, matchLines, readLines } from './reconcile-lines.server.ts';

const HOUR = 3_600_000;
/** Wall ms: a call without an answer for so long is read now, however long its pause is. */
const CALL_LATE_MS = 2 * 60_000;
/** A bank may say yes up to five days after the attempt (late authorisation). */
const LATE_MS = 5 * DAY;
const AT_A_TIME = 25;

export interface ReconcilerSettings {
  readonly db: Database;
  readonly gateway: PaymentGateway;
  readonly desk: PaymentDesk & CaseDesk;
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

  /** What was put off because the provider said no keeps its growing pauses. */
  async function wakeLateCalls(): Promise<void> {
    const wall = Date.now();
    await db.query(
      `UPDATE worker.outbound_call SET next_at = 0
       WHERE state IN ('sent', 'unknown') AND NOT refused AND updated_at < $1 AND next_at > $2`,
      [wall - CALL_LATE_MS, wall],
    );
  }

  async function lastRun(job: string): Promise<{ ran_at: number; cursor: string } | null> {
    const [row] = await db.query<{ ran_at: number; cursor: string }>(
      'SELECT ran_at, cursor FROM worker.reconciler_job WHERE job = $1',
      [job],
    );
    return row ?? null;
  }

  async function ran(job: string, at: number, cursor: string): Promise<void> {
    await db.query(
      `INSERT INTO worker.reconciler_job (job, ran_at, cursor) VALUES ($1, $2, $3)
       ON CONFLICT (job) DO UPDATE SET ran_at = excluded.ran_at, cursor = excluded.cursor`,
      [job, Math.floor(at), cursor],
    );
  }

  async function hourly(): Promise<void> {
    const now = clock.now();
    const last = await lastRun('entities');
    if (last && now - last.ran_at < HOUR) return;
    await reconcileEntities(settings);
    await crashPoint('reconciler:entities');
    await ran('entities', now, '');
  }

  /** `cursor`: the first day that was ever read. */
  async function daily(): Promise<void> {
    const now = clock.now();
    const last = await lastRun('lines');
    if (last && dayOf(now) === dayOf(last.ran_at)) return;
    const from = await firstDay(db, last?.ran_at ?? null, now);
    const first = last?.cursor ? Number(last.cursor) : from;
    if ((await readLines(settings, from)) === null) return;
    await crashPoint('reconciler:lines');
    const since = first * DAY - IST_MS;
    await matchLines(settings, since);
    await compareBalance(settings, since);
    if (!(await compareHeld(settings))) return;
    await ran('lines', now, String(first));
  }

  return {
    async run() {
      await readUnpaid();
      await readReleased();
      await wakeLateCalls();
      await hourly();
      await daily();
      return false;
    },
  };
}

/** The bank has moved money: the provider's books are read again at the next turn, not only tomorrow. */
export async function readLinesSoon(db: Database): Promise<void> {
  await db.query(`UPDATE worker.reconciler_job SET ran_at = greatest(0, ran_at - $1) WHERE job = 'lines'`, [DAY]);
}
