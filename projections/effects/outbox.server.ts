/**
 * The outbox: every call outward is a row before it is made, and its outcome is settled by reading the provider.
 * planned → sent → confirmed | rejected | unknown; unknown → confirmed, or planned again once a read shows that nothing
 * happened. Rules EF1–EF8 of SPEC.md.
 */
import type { Submit } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { crashPoint } from '#platform/crash/crash-point.ts';
import type { Database, Queryable } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import type { Intent } from '../processes/process.ts';
import { Fenced, lockCheckpoint } from '../runner/checkpoint.server.ts';
import { atCall } from './call-crash-points.ts';
import { find, rejection, send } from './calls.ts';
import type { Found, Sending } from './found.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import type { ProviderCall } from './provider-call.ts';
import { streamsOf } from './streams.server.ts';
import { tutorAccountOf } from './tutor-account.server.ts';

/** NOTIFY channel: there is a call to make, a mail to send or a webhook to look at. */
export const WORK_WAITS = 'worker_work_waits';
export const EFFECTS = 'effects';

export interface OutboxTiming {
  /** Wall ms. An unanswered call may still be on its way: "nothing there" counts only after this long. */
  readonly settleMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /**
   * Wall ms, by default 3,000. A call goes out so soon after its row says so, or not at all: with the time-out of the gateway
   * it must be over before `settleMs`, when somebody else may send it again.
   */
  readonly sendWithinMs?: number;
}

const SEND_WITHIN_MS = 3_000;

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
  readonly store: EventStore;
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
/** What was refused for now waits longer than what was not answered: so many doublings of the pause more. */
const PATIENCE = 3;

/** Does what is due; true when there may be more. */
export function createOutbox(settings: OutboxSettings): { run(): Promise<boolean> } {
  const { db, store, gateway, submit, clock, log, epoch, timing = DEFAULT_TIMING, onFenced } = settings;
  const streams = streamsOf(store);

  const backOff = (attempts: number): number => {
    const full = Math.min(timing.longestRetryMs, timing.firstRetryMs * 2 ** Math.min(attempts, 20));
    return Date.now() + full / 2 + Math.random() * (full / 2);
  };

  /** Whoever slept over the answer to a call knows less about it than the worker that has the duty now. @throws Fenced */
  async function put(row: CallRow, change: Record<string, unknown>): Promise<void> {
    const columns = Object.keys(change);
    const sets = columns.map((column, index) => `${column} = $${index + 5}`);
    const put = await db.query(
      `UPDATE worker.outbound_call SET updated_at = $2, ${sets.join(', ')} WHERE operation_id = $1
         AND EXISTS (SELECT 1 FROM worker.checkpoint WHERE consumer = $3 AND epoch = $4 FOR SHARE)
       RETURNING 1`,
      [row.operation_id, Date.now(), EFFECTS, epoch, ...columns.map((column) => change[column])],
    );
    if (put.length === 0) throw new Fenced(EFFECTS);
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

  const sendingOf = (row: CallRow): Sending => ({
    gateway,
    operationId: row.operation_id,
    providerId: row.provider_id,
    asOf: clock.now(),
    remember: (providerId) => put(row, { provider_id: providerId }),
    answerAwaited: async (chargebackId) => {
      const state = await streams.chargeback(chargebackId);
      return 'operationId' in state && state.operationId === row.operation_id;
    },
    accountOf: (tutorId) => tutorAccountOf(store, tutorId),
  });

  /** Each under an id of its own; what was refused, if anything was. */
  async function recordAll(row: CallRow, what: string, intents: readonly Intent[]): Promise<string | null> {
    let problem: string | null = null;
    for (const [index, intent] of intents.entries()) {
      const refused = await record(row, index === 0 ? what : `${what}-${index}`, intent);
      problem ??= refused;
    }
    return problem;
  }

  async function settle(row: CallRow, found: Found): Promise<void> {
    const { kind } = row.request;
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
        await atCall[kind].beforeRecord();
        const problem = await recordAll(row, 'done', found.records);
        await crashPoint('effect:recorded');
        await atCall[kind].recorded();
        await put(row, { state: 'confirmed', problem });
        await atCall[kind].settled();
        return;
      }
      case 'failed':
        await put(row, { provider_id: found.providerId });
        await giveUp(row, found.reason, found.records);
    }
  }

  async function giveUp(row: CallRow, reason: string, intents: readonly Intent[]): Promise<void> {
    log.warn(
      { operationId: row.operation_id, bookingId: row.booking_id, kind: row.request.kind, reason },
      'the provider refused a call',
    );
    const problem = await recordAll(row, 'failed', intents);
    await put(row, { state: 'rejected', problem: problem ?? reason });
  }

  /** Says in the row that it goes out now, unless another worker has the duty; gives when that was, wall ms. @throws Fenced */
  async function markSent(row: CallRow): Promise<number> {
    const at = Date.now();
    await db.transaction(async (tx) => {
      await lockCheckpoint(tx, EFFECTS, epoch);
      await tx.query(
        `UPDATE worker.outbound_call SET state = 'sent', refused = false, sent_at = $2, attempts = attempts + 1, updated_at = $2
         WHERE operation_id = $1`,
        [row.operation_id, at],
      );
    });
    return at;
  }

  async function sendNow(row: CallRow): Promise<void> {
    const sentAt = await markSent(row);
    const { kind } = row.request;
    await crashPoint('effect:before-call');
    await atCall[kind].sent();
    // Frozen, or very slow: by now another worker may have looked, found nothing and sent it.
    if (Date.now() - sentAt > (timing.sendWithinMs ?? SEND_WITHIN_MS))
      return put(row, { state: 'unknown', problem: 'it was not sent in time', next_at: sentAt + timing.settleMs });
    const answer = await send(row.request, sendingOf(row));
    await crashPoint('effect:after-call');
    await atCall[kind].answered();
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
        const seen = await find(row.request, sendingOf(row));
        if (seen.kind === 'ok' && seen.value !== null) return settle(row, seen.value);
        if (seen.kind !== 'ok')
          return put(row, {
            state: 'unknown',
            problem: answer.description,
            next_at: Math.round(backOff(row.attempts)),
          });
        return refused(row, answer.description);
      }
    }
  }

  /** The provider said no, and a read showed that nothing happened. */
  async function refused(row: CallRow, reason: string): Promise<void> {
    const no = rejection(row.request, row.operation_id, reason);
    if (no.kind === 'failed') return giveUp(row, reason, no.records);
    if (no.alert !== null)
      log.error(
        { operationId: row.operation_id, bookingId: row.booking_id, kind: row.request.kind, alert: no.alert },
        'the provider has no money for a call; it is made again later',
      );
    const problem = await recordAll(row, 'later', no.records);
    const wait = row.attempts + PATIENCE;
    const next = Math.round(backOff(wait));
    await put(row, { state: 'unknown', refused: true, problem: problem ?? reason, next_at: next });
  }

  /** A call that was sent, or may have been: the provider is asked what became of it. */
  async function look(row: CallRow): Promise<void> {
    const seen = await find(row.request, sendingOf(row));
    if (seen.kind === 'ok' && seen.value !== null) return settle(row, seen.value);
    const waited = Date.now() - (row.sent_at ?? 0);
    if (seen.kind === 'ok' && waited >= timing.settleMs) return sendNow(row);
    const next = seen.kind === 'ok' ? Date.now() + timing.settleMs - waited : backOff(row.attempts);
    // Why it was put off stays visible until it is made again.
    const problem = seen.kind === 'ok' ? {} : { problem: seen.kind === 'unknown' ? seen.cause : seen.description };
    await put(row, { state: 'unknown', attempts: row.attempts + 1, ...problem, next_at: Math.round(next) });
  }

  async function attempt(row: CallRow): Promise<void> {
    try {
      await (row.state === 'planned' ? sendNow(row) : look(row));
    } catch (error) {
      if (error instanceof Fenced) throw error;
      log.error({ err: error, operationId: row.operation_id, kind: row.request.kind }, 'a call outward broke off');
      await put(row, { attempts: row.attempts + 1, next_at: Math.round(backOff(row.attempts)) });
    }
  }

  /** False when the duty is not ours any more. */
  async function step(row: CallRow): Promise<boolean> {
    try {
      await attempt(row);
      return true;
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      onFenced?.();
      return false;
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
