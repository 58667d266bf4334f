/**
 * The outbox: every call outward is a row before it is made, and its outcome is settled by reading the provider.
 * planned → sent → confirmed | rejected | unknown; unknown → confirmed, or planned again once a read shows that nothing
 * happened. Rules EF1–EF8 of SPEC.md.
 */
import type { Submit } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import { crashPoint } from '#platform/crash/crash-point.ts';
import type { Database, Queryable } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import type { Intent } from '../processes/process.ts';
import { Fenced, lockCheckpoint } from '../runner/checkpoint.server.ts';
import { find, rejection, send, type Found } from './calls.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import type { ProviderCall } from './provider-call.ts';

/** NOTIFY channel: there is a call to make, a mail to send or a webhook to look at. */
export const WORK_WAITS = 'worker_work_waits';
export const EFFECTS = 'effects';

export interface OutboxTiming {
  /** Wall ms. An unanswered call may still be on its way: "nothing there" counts only after this long. */
  readonly settleMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const DEFAULT_TIMING: OutboxTiming = { settleMs: 15_000, firstRetryMs: 1_000, longestRetryMs: 300_000 };

interface CallRow {
  readonly operation_id: string;
  readonly booking_id: string;
  readonly request: ProviderCall;
  readonly state: 'planned' | 'sent' | 'unknown';
  readonly provider_id: string | null;
  readonly attempts: number;
  readonly sent_at: number | null;
  readonly correlation_id: string;
}

export interface PlannedCall {
  readonly operationId: string;
  readonly bookingId: string;
  readonly call: ProviderCall;
  readonly correlationId: string;
  readonly causationId: string;
}

/** Part of the transaction that moves the checkpoint of the process that asked for it. */
export async function planCall(tx: Queryable, planned: PlannedCall, wallNow: number): Promise<void> {
  const { operationId, bookingId, call, correlationId, causationId } = planned;
  await tx.query(
    `INSERT INTO worker.outbound_call (operation_id, booking_id, kind, request, state, correlation_id, causation_id, created_at, updated_at)
     VALUES ($1, $2, $3, $4::jsonb, 'planned', $5, $6, $7, $7) ON CONFLICT (operation_id) DO NOTHING`,
    [operationId, bookingId, call.kind, JSON.stringify(call), correlationId, causationId, wallNow],
  );
}

export interface OutboxSettings {
  readonly db: Database;
  readonly gateway: PaymentGateway;
  readonly submit: Submit;
  readonly clock: BusinessClock;
  readonly log: Log;
  /** Of the duty `effects`: a call goes out only while no other worker has taken it over. */
  readonly epoch: number;
  readonly timing?: OutboxTiming;
  readonly onFenced?: () => void;
}

const AT_ONCE = 4;

/** Does what is due; true when there may be more. */
export function createOutbox(settings: OutboxSettings): { run(): Promise<boolean> } {
  const { db, gateway, submit, clock, log, epoch, timing = DEFAULT_TIMING, onFenced } = settings;

  const backOff = (attempts: number): number => {
    const full = Math.min(timing.longestRetryMs, timing.firstRetryMs * 2 ** Math.min(attempts, 20));
    return Date.now() + full / 2 + Math.random() * (full / 2);
  };

  async function put(row: CallRow, change: Record<string, unknown>): Promise<void> {
    const columns = Object.keys(change);
    const sets = columns.map((column, index) => `${column} = $${index + 3}`);
    await db.query(`UPDATE worker.outbound_call SET updated_at = $2, ${sets.join(', ')} WHERE operation_id = $1`, [
      row.operation_id,
      Date.now(),
      ...columns.map((column) => change[column]),
    ]);
  }

  async function record(row: CallRow, what: string, intent: Intent): Promise<string | null> {
    const outcome = await submit(
      { ...intent, now: clock.now() },
      {
        commandId: idFrom('record', row.operation_id, what),
        correlationId: row.correlation_id,
        causationId: row.operation_id,
        actor: { kind: 'provider', id: gateway.name },
      },
    );
    if (!isRefusal(outcome)) return null;
    log.error(
      { operationId: row.operation_id, bookingId: row.booking_id, code: outcome.code, alert: 'outcome-refused' },
      'an outcome at the provider could not be recorded',
    );
    return `not recorded: ${outcome.code}`;
  }

  async function settle(row: CallRow, found: Found): Promise<void> {
    switch (found.kind) {
      case 'pending':
        await put(row, {
          state: 'sent',
          provider_id: found.providerId,
          attempts: row.attempts + 1,
          next_at: Math.round(Math.min(backOff(row.attempts), Date.now() + timing.longestRetryMs)),
        });
        return;
      case 'done': {
        // Known before it is recorded: a webhook about it may be the next thing that comes.
        await put(row, { provider_id: found.providerId });
        await crashPoint('effect:before-record');
        const problem = await record(row, 'done', found.record);
        await crashPoint('effect:recorded');
        await put(row, { state: 'confirmed', problem });
        return;
      }
      case 'failed':
        await put(row, { provider_id: found.providerId });
        await giveUp(row, found.reason, found.record);
    }
  }

  async function giveUp(row: CallRow, reason: string, intent: Intent | null): Promise<void> {
    log.warn(
      { operationId: row.operation_id, bookingId: row.booking_id, kind: row.request.kind, reason },
      'the provider refused a call',
    );
    const problem = intent ? await record(row, 'failed', intent) : null;
    await put(row, { state: 'rejected', problem: problem ?? reason });
  }

  /** Says in the row that it goes out now, unless another worker has the duty. @throws Fenced */
  async function markSent(row: CallRow): Promise<void> {
    await db.transaction(async (tx) => {
      await lockCheckpoint(tx, EFFECTS, epoch);
      await tx.query(
        `UPDATE worker.outbound_call SET state = 'sent', sent_at = $2, attempts = attempts + 1, updated_at = $2
         WHERE operation_id = $1`,
        [row.operation_id, Date.now()],
      );
    });
  }

  async function sendNow(row: CallRow): Promise<void> {
    await markSent(row);
    await crashPoint('effect:before-call');
    const answer = await send(gateway, row.operation_id, row.request);
    await crashPoint('effect:after-call');
    switch (answer.kind) {
      case 'ok':
        return settle(row, answer.value);
      case 'unknown':
        log.warn(
          { operationId: row.operation_id, kind: row.request.kind, cause: answer.cause },
          'the outcome of a call is unknown; it will be read',
        );
        return put(row, { state: 'unknown', problem: answer.cause, next_at: Math.round(backOff(row.attempts)) });
      case 'rejected': {
        // A no to a repeated call can mean that the first one went through: look before believing it.
        const seen = await find(gateway, row.operation_id, row.request, null);
        if (seen.kind === 'ok' && seen.value !== null) return settle(row, seen.value);
        if (seen.kind !== 'ok')
          return put(row, {
            state: 'unknown',
            problem: answer.description,
            next_at: Math.round(backOff(row.attempts)),
          });
        const intent = rejection(row.request, answer.description);
        if (intent !== null || row.request.kind === 'create-order') return giveUp(row, answer.description, intent);
        // Lifting a hold and reversing have no "failed": they are asked for again, and listed as stuck meanwhile.
        return put(row, {
          state: 'unknown',
          problem: answer.description,
          next_at: Math.round(backOff(row.attempts + 3)),
        });
      }
    }
  }

  /** A call that was sent, or may have been: the provider is asked what became of it. */
  async function look(row: CallRow): Promise<void> {
    const seen = await find(gateway, row.operation_id, row.request, row.provider_id);
    if (seen.kind === 'ok' && seen.value !== null) return settle(row, seen.value);
    const waited = Date.now() - (row.sent_at ?? 0);
    if (seen.kind === 'ok' && waited >= timing.settleMs) return sendNow(row);
    const next = seen.kind === 'ok' ? Date.now() + timing.settleMs - waited : backOff(row.attempts);
    const problem = seen.kind === 'ok' ? null : seen.kind === 'unknown' ? seen.cause : seen.description;
    await put(row, { state: 'unknown', attempts: row.attempts + 1, problem, next_at: Math.round(next) });
  }

  /** False when the duty is not ours any more. */
  async function step(row: CallRow): Promise<boolean> {
    try {
      await (row.state === 'planned' ? sendNow(row) : look(row));
      return true;
    } catch (error) {
      if (error instanceof Fenced) {
        onFenced?.();
        return false;
      }
      log.error({ err: error, operationId: row.operation_id, kind: row.request.kind }, 'a call outward broke off');
      await put(row, { attempts: row.attempts + 1, next_at: Math.round(backOff(row.attempts)) });
      return true;
    }
  }

  return {
    async run() {
      // One row a booking: two calls about the same payment never run side by side.
      const rows = await db.query<CallRow>(
        `SELECT * FROM (
           SELECT DISTINCT ON (booking_id) operation_id, booking_id, request, state, provider_id, attempts, sent_at,
             correlation_id, next_at, created_at
           FROM worker.outbound_call
           WHERE state IN ('planned', 'sent', 'unknown') AND next_at <= $1
           ORDER BY booking_id, created_at, operation_id) due
         ORDER BY created_at LIMIT $2`,
        [Date.now(), AT_ONCE],
      );
      const ours = await Promise.all(rows.map(step));
      return ours.length > 0 && ours.every(Boolean);
    },
  };
}
