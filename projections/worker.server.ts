/** The outside of this folder: what `web` needs to read, to take payments in, and what `worker` runs. Built in server.ts. */
import { randomUUID } from 'node:crypto';
import type { Submit } from '#events/handling/submit.ts';
import type { EventStore, Position } from '#events/store/event-store.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { createMailer, type MailPort } from './effects/mail.server.ts';
import { createCaseDesk } from './effects/observe-cases.server.ts';
import { createPaymentDesk, type PaymentDesk } from './effects/observe.server.ts';
import { createOutbox, EFFECTS, WORK_WAITS, type OutboxTiming } from './effects/outbox.server.ts';
import type { PaymentGateway } from './effects/payment-gateway.ts';
import { createReconciler, readLinesSoon } from './effects/reconcile.server.ts';
import { createSweeper } from './effects/sweep.server.ts';
import { createInbox, receiveWebhook, type Headers, type Received } from './effects/webhooks.server.ts';
import { createQueries } from './queries.server.ts';
import type { Queries } from './queries.ts';
import { takeOver } from './runner/checkpoint.server.ts';
import { whileLeased, type Running } from './runner/lease.server.ts';
import { createLive } from './runner/live.server.ts';
import { PROCESS_RUNNER, runProcesses } from './runner/processes.server.ts';
import { prepareReadModels, READ_MODELS, runReadModels } from './runner/read-models.server.ts';
import { prepareWorkerTables } from './runner/schema.server.ts';
import { repeat } from './runner/task.ts';
import { createTimers } from './runner/timers.server.ts';
import { createWaiter } from './runner/wait-for.server.ts';

/** Makes every table of this folder, in any role, before anything else of it is used. */
export async function prepareProjections(db: Database): Promise<void> {
  await prepareWorkerTables(db);
  await prepareReadModels(db);
}

export interface ReadSide {
  readonly queries: Queries;
  /** True once the read models have seen `position`, false after `ms` (wall). */
  waitFor(position: Position, ms: number): Promise<boolean>;
  stop(): Promise<void>;
}

export async function openReadSide({ db, clock }: { db: Database; clock: BusinessClock }): Promise<ReadSide> {
  const waiter = await createWaiter(db);
  return { queries: createQueries(db, clock), waitFor: waiter.waitFor, stop: waiter.stop };
}

export interface Payments extends PaymentDesk {
  /** `rawBody`: the bytes as they arrived; `headers` by lower-case name. Answer 200 for stored and duplicate, 503 for busy, else 400. */
  receiveWebhook(rawBody: Buffer, headers: Headers): Promise<Received>;
}

export interface PaymentSettings {
  readonly db: Database;
  readonly gateway: PaymentGateway;
  readonly submit: Submit;
  readonly clock: BusinessClock;
  readonly log: Log;
}

export function openPayments(settings: PaymentSettings): Payments {
  return {
    ...createPaymentDesk(settings),
    receiveWebhook: (rawBody, headers) => receiveWebhook(settings, rawBody, headers),
  };
}

/** How often each task looks by itself, wall ms; notifications and clock jumps wake them in between. */
export interface Pace {
  readonly timersMs: number;
  readonly outboxMs: number;
  readonly inboxMs: number;
  readonly mailMs: number;
  readonly sweepMs: number;
  readonly reconcileMs: number;
  readonly outbox?: OutboxTiming;
}

const PACE: Pace = {
  timersMs: 500,
  outboxMs: 1_000,
  inboxMs: 1_000,
  mailMs: 1_000,
  sweepMs: 30_000,
  reconcileMs: 60_000,
};

export interface WorkerSettings extends PaymentSettings {
  readonly store: EventStore;
  readonly bus: Bus;
  /** Null: mails are kept and nobody sends them. */
  readonly mail: MailPort | null;
  /** Where the product is reached, without a slash at the end; for links in mails. */
  readonly publicUrl: () => string | null;
  readonly pace?: Partial<Pace>;
}

export interface Worker {
  /** Ends every task after what it is doing now. */
  stop(): Promise<void>;
}

/** Runs read models, processes and effects, each on one worker at a time, whoever holds its lease. */
export function startWorker(settings: WorkerSettings): Worker {
  const { db, store, bus, log } = settings;
  const holder = randomUUID();
  const live = createLive({ db, bus, log });
  const onPosted = live.posted;

  const duties = [
    whileLeased(bus, READ_MODELS, holder, log, (lost) =>
      runReadModels({ db, store, log, onCommitted: live.committed, onFenced: lost }),
    ),
    whileLeased(bus, PROCESS_RUNNER, holder, log, (lost) => runProcesses({ ...settings, onPosted, onFenced: lost })),
    whileLeased(bus, EFFECTS, holder, log, (lost) => startEffects({ ...settings, onPosted, onFenced: lost })),
  ];
  return {
    async stop() {
      await Promise.all(duties.map((duty) => duty.stop()));
      await live.idle();
    },
  };
}

type EffectSettings = WorkerSettings & {
  readonly onPosted: (posted: Parameters<ReturnType<typeof createLive>['posted']>[0]) => void;
  readonly onFenced: () => void;
};

async function startEffects(settings: EffectSettings): Promise<Running> {
  const { db, clock, log, mail } = settings;
  const pace = { ...PACE, ...settings.pace };
  const epoch = await takeOver(db, EFFECTS);
  const desk = { ...createPaymentDesk(settings), ...createCaseDesk(settings) };
  const timers = repeat('timers', pace.timersMs, log, createTimers(settings).run);
  const outbox = repeat('outbox', pace.outboxMs, log, createOutbox({ ...settings, epoch, timing: pace.outbox }).run);
  const onSettled = async (): Promise<void> => {
    await readLinesSoon(db);
    reconciler.wake();
  };
  const inbox = repeat('webhooks', pace.inboxMs, log, createInbox({ ...settings, desk, onSettled }).run);
  const sweeper = repeat('sweeper', pace.sweepMs, log, createSweeper(settings).run);
  const reconciler = repeat('reconciler', pace.reconcileMs, log, createReconciler({ ...settings, desk }).run);
  const mailer = mail && repeat('mail', pace.mailMs, log, createMailer({ ...settings, mail }).run);

  const unlisten = await db.listen(WORK_WAITS, () => {
    for (const task of [outbox, inbox, mailer]) task?.wake();
  });
  const stopWatching = clock.onJump(() => {
    timers.wake();
    reconciler.wake();
  });
  return {
    async stop() {
      stopWatching();
      await unlisten();
      const tasks = [timers, outbox, inbox, sweeper, reconciler, ...(mailer ? [mailer] : [])];
      await Promise.all(tasks.map((task) => task.stop()));
    },
  };
}
