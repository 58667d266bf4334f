/**
 * Bookings played through with the real deciders and processes, in memory: no database, no worker, and a provider that
 * answers at once as the test wants it. Whatever is played, each new fact is checked for what must never happen.
 */
import { expect } from 'vitest';
import { createSubmit } from '#events/handling/submit.server.ts';
import { idFrom, newId } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { tutorPartOfRefund } from '#events/shared/money.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { Position } from '#events/store/event-store.ts';
import { fold } from '#events/shared/decider.ts';
import * as payoutStream from '#events/payout/events.ts';
import type { ProviderCall } from '../effects/provider-call.ts';
import { recognise, type Fact } from '../fact.ts';
import { bookLesson } from '../processes/book-lesson.ts';
import type { Intent, Process, Reaction } from '../processes/process.ts';
import { refundPayment } from '../processes/refund-payment.ts';
import { releasePayout } from '../processes/release-payout.ts';
import { resolveDispute } from '../processes/resolve-dispute.ts';
import { runLesson } from '../processes/run-lesson.ts';

export const HOUR = 3_600_000;
export const START = Date.UTC(2026, 11, 7, 4, 30);
const TUTOR = 't1';
const STUDENT = 's1';

/** What the provider says to a call: it took effect, it came to nothing, or no word yet. */
export type Answer = 'done' | 'failed' | 'silent';

interface Runner {
  readonly name: string;
  take(fact: Fact): readonly Reaction[];
}

function runner<State>(process: Process<State>): Runner {
  const states = new Map<string, State>();
  return {
    name: process.name,
    take(fact) {
      const key = process.keyOf(fact);
      if (key === null) return [];
      // As it comes back from the database.
      const before: State = states.has(key) ? JSON.parse(JSON.stringify(states.get(key))) : process.initial;
      const state = process.evolve(before, fact);
      states.set(key, state);
      return process.react(fact, state, { accountId: 'acc_1' });
    },
  };
}

export type Play = Awaited<ReturnType<typeof play>>;

/** `answer`: what the provider says to the nth call of its kind, counted from 0. */
export async function play(answer: (call: ProviderCall, nth: number) => Answer = () => 'done') {
  const store = inMemoryStore();
  const submit = createSubmit(store);
  const runners = [
    runner(bookLesson),
    runner(refundPayment),
    runner(releasePayout),
    runner(resolveDispute),
    runner(runLesson),
  ];
  const timers = new Map<string, { dueAt: number; command: Intent; fired: boolean }>();
  const calls = new Map<string, ProviderCall>();
  /** How many calls of a kind were answered so far. */
  const answered = new Map<ProviderCall['kind'], number>();
  const log: Fact[] = [];
  let now = START - 7 * 24 * HOUR;
  let seen: Position | undefined;

  /** Null, or the code of the refusal. */
  async function give(command: Intent, id: string = newId()): Promise<string | null> {
    const actor = { kind: 'system', id: 'test' } as const;
    const context = { commandId: id, correlationId: 'play', causationId: id, actor };
    const outcome = await submit({ ...command, now }, context);
    return isRefusal(outcome) ? outcome.code : null;
  }

  async function settle(operationId: string, call: ProviderCall, said: Answer): Promise<void> {
    const record =
      said === 'done' ? recordOf(operationId, call) : said === 'failed' ? failureOf(operationId, call) : null;
    if (record === null) return;
    calls.delete(operationId);
    expect(await give(record, idFrom('record', operationId, said)), `${call.kind} is recorded`).toBeNull();
  }

  async function obey(process: string, fact: Fact, reaction: Reaction): Promise<void> {
    switch (reaction.kind) {
      case 'command':
        await give(reaction.command, idFrom(fact.id, process, reaction.step));
        return;
      case 'timer':
        if (!timers.has(reaction.key)) timers.set(reaction.key, { ...reaction, fired: false });
        return;
      case 'forget':
        for (const key of reaction.keys) {
          const timer = timers.get(key);
          if (timer) timer.fired = true;
        }
        return;
      case 'call':
        calls.set(reaction.operationId, reaction.call);
        return;
      case 'notice':
      case 'reminder':
        return;
    }
  }

  /** Until nothing happens any more. */
  async function run(): Promise<void> {
    for (;;) {
      const [event] = await store.readAll({ limit: 1, ...(seen !== undefined && { after: seen }) });
      if (event) {
        seen = event.position;
        const fact = recognise(event);
        if (!fact) throw new Error(`No fact: ${event.type}`);
        log.push(fact);
        check(log, fact);
        for (const one of runners) for (const reaction of one.take(fact)) await obey(one.name, fact, reaction);
        continue;
      }
      const waiting = [...calls].find(([, call]) => answer(call, answered.get(call.kind) ?? 0) !== 'silent');
      if (!waiting) return;
      const [operationId, call] = waiting;
      const nth = answered.get(call.kind) ?? 0;
      answered.set(call.kind, nth + 1);
      await settle(operationId, call, answer(call, nth));
    }
  }

  /** Time passes, and what becomes due happens in its order. */
  async function advanceTo(at: number): Promise<void> {
    await run();
    for (;;) {
      const due = [...timers.entries()]
        .filter(([, timer]) => !timer.fired && timer.dueAt <= at)
        .toSorted(([, a], [, b]) => a.dueAt - b.dueAt)[0];
      if (!due) break;
      const [key, timer] = due;
      timer.fired = true;
      now = Math.max(now, timer.dueAt);
      await give(timer.command, idFrom('timer', key));
      await run();
    }
    now = Math.max(now, at);
    await run();
  }

  async function requestSeat(bookingId = 'b1'): Promise<void> {
    const windows = [{ weekday: 1, from: '00:00', to: '24:00', offerId: 'o1' }] as const;
    await give({ type: 'SetAvailability', data: { tutorId: TUTOR, zone: 'Asia/Kolkata', windows } });
    const seat = {
      tutorId: TUTOR,
      studentId: STUDENT,
      bookedBy: 'parent',
      offerId: 'o1',
      startsAt: START,
      minutes: 60,
    };
    const terms = { seats: 1, price: 80_000, mode: 'instant', policy: POLICY_2026_11 } as const;
    await give({ type: 'RequestBooking', data: { bookingId, ...seat, ...terms, subject: 'Mathematics', note: '' } });
    await run();
  }

  const typesOf = (): readonly string[] => log.map((fact) => fact.type);

  return {
    give: async (command: Intent) => {
      const code = await give(command);
      await run();
      return code;
    },
    /** Two at the same moment: neither knows of the other. */
    atOnce: async (...commands: readonly Intent[]) => {
      const codes = [];
      for (const command of commands) codes.push(await give(command));
      await run();
      return codes;
    },
    advanceTo,
    /** The provider has made up its mind about what it was silent on. */
    async hear(kind: ProviderCall['kind'], said: 'done' | 'failed' = 'done') {
      for (const [operationId, call] of calls) if (call.kind === kind) await settle(operationId, call, said);
      await run();
    },
    log,
    typesOf,
    count: (type: Fact['type']) => typesOf().filter((one) => one === type).length,
    dataOf: (type: Fact['type']) => log.flatMap((fact) => (fact.type === type ? [fact.data] : [])),
    now: () => now,
    waiting: () => [...calls.values()].map((call) => call.kind),

    paid: paidFor('b1'),
    request: requestSeat,
    /** Paid and confirmed. */
    async book(): Promise<void> {
      await requestSeat();
      expect(await give(paidFor('b1'))).toBeNull();
      await run();
    },

    /** Both are there for this many minutes of the sixty; under thirty nobody can tell what it was. `during`: near its end. */
    async teach(minutes: number, during: () => Promise<void> = async () => undefined): Promise<void> {
      await advanceTo(START);
      const lessonId = lessonOf(log);
      for (const personId of [TUTOR, STUDENT]) {
        const role = personId === TUTOR ? ('host' as const) : ('participant' as const);
        const connectionId = `connection of ${personId}`;
        await give({ type: 'JoinLesson', data: { lessonId, personId, role, connectionId } });
        for (const direction of ['sent', 'received'] as const)
          await give({ type: 'StartMedia', data: { lessonId, personId, connectionId, direction, at: now } });
      }
      await advanceTo(START + minutes * 60_000);
      await during();
      await give({ type: 'EndLesson', data: { lessonId, by: 'host', policy: POLICY_2026_11 } });
      await run();
    },
  };
}

const paidFor = (bookingId: string): Intent => ({
  type: 'ObservePayment',
  data: {
    bookingId,
    orderId: `order_${bookingId}`,
    providerPaymentId: 'pay_1',
    status: 'captured',
    amount: 80_000,
    currency: 'INR',
    fee: 1_888,
    tax: 288,
    method: 'upi',
    reason: '',
    description: '',
  },
});

function lessonOf(log: readonly Fact[]): string {
  const scheduled = log.find((fact) => fact.type === 'LessonScheduled');
  if (!scheduled) throw new Error('no lesson');
  return scheduled.data.lessonId;
}

function recordOf(operationId: string, call: ProviderCall): Intent | null {
  switch (call.kind) {
    case 'create-order': {
      const { bookingId, amount } = call;
      return { type: 'RecordOrder', data: { bookingId, orderId: `order_${bookingId}`, amount } };
    }
    case 'create-transfer': {
      const { bookingId, amount } = call;
      return { type: 'RecordTransfer', data: { bookingId, transferId: `trf_${bookingId}`, amount, fee: 213, tax: 33 } };
    }
    case 'lift-hold': {
      const { bookingId, transferId, amount } = call;
      return { type: 'RecordHoldLifted', data: { bookingId, transferId, amount } };
    }
    case 'reverse-transfer': {
      const { bookingId, amount } = call;
      return { type: 'RecordReversal', data: { bookingId, operationId, reversalId: `rv_${operationId}`, amount } };
    }
    case 'refund-payment': {
      const { bookingId, refundId, amount } = call;
      return { type: 'RecordRefund', data: { bookingId, refundId, providerRefundId: `rf_${refundId}`, amount } };
    }
    default:
      return null;
  }
}

function failureOf(operationId: string, call: ProviderCall): Intent | null {
  const reason = 'failed at the provider';
  switch (call.kind) {
    case 'create-transfer':
      return { type: 'RecordTransferFailure', data: { bookingId: call.bookingId, reason } };
    case 'reverse-transfer':
      return { type: 'RecordReversalFailure', data: { bookingId: call.bookingId, operationId, reason } };
    case 'refund-payment': {
      const { bookingId, refundId, amount } = call;
      return { type: 'RecordRefundFailure', data: { bookingId, refundId, amount, reason } };
    }
    default:
      return null;
  }
}

/** What must hold after each fact, whatever came before. */
function check(log: readonly Fact[], fact: Fact): void {
  const payout = fold(
    payoutStream,
    log.flatMap((one) => (one.category === 'payout' && isPayout(one) ? [one] : [])),
  );
  switch (fact.type) {
    case 'ReleaseAuthorized':
      expect(payout.kind, 'no release with an open dispute').toBe('releasing');
      expect(log.filter((one) => one.type === 'ReleaseAuthorized')).toHaveLength(1);
      return;
    case 'RefundRequested': {
      if (payout.kind === 'none' || !ofThePrice(fact)) return;
      const whole = payout.kind === 'disputed' ? payout.from : payout;
      const asked = new Map<string, number>();
      for (const one of log) {
        if (one.type === 'RefundRequested' && ofThePrice(one)) asked.set(one.data.refundId, one.data.amount);
        if (one.type === 'RefundFailed') asked.delete(one.data.refundId);
      }
      const total = [...asked.values()].reduce((sum, amount) => sum + amount, 0);
      expect(total, 'never more back than was paid').toBeLessThanOrEqual(whole.gross);
      if ('reversals' in whole)
        expect(payoutStream.reversedOf(whole), 'the reversal comes before the refund').toBeGreaterThanOrEqual(
          tutorPartOfRefund(total, whole.share, whole.gross),
        );
      return;
    }
    default:
      return;
  }
}

const isPayout = (fact: Fact): fact is Fact & payoutStream.PayoutEvent => fact.category === 'payout';

/** What was paid a second time goes back from its own money. */
const ofThePrice = ({ data }: Extract<Fact, { type: 'RefundRequested' }>): boolean => data.reason !== 'surplus-payment';
