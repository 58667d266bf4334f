/** HA9: a decision over remembered state is right, however many write to the same stream. */
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../shared/refusal.ts';
import type { EventStore } from '../store/event-store.ts';
import { inMemoryStore } from '../store/in-memory.ts';
import { fromPerson } from './context.ts';
import type { AnyCommand, CommandContext, Submit } from './submit.ts';
import { createSubmit } from './submit.server.ts';

const now = Date.UTC(2026, 10, 21);
const tutorId = 't1';
const mode = (value: 'instant' | 'accept'): AnyCommand => ({
  type: 'SetBookingMode',
  data: { tutorId, mode: value },
  now,
});
const publish: AnyCommand = {
  type: 'PublishTutorProfile',
  data: {
    tutorId,
    profile: {
      slug: 'asha-rao',
      name: 'Asha Rao',
      headline: 'Mathematics',
      about: 'Twelve years of patience.',
      subjects: ['Mathematics'],
      levels: ['Class 10'],
      languages: ['English'],
      city: 'Pune',
      yearsTeaching: 12,
      education: 'M.Sc.',
    },
  },
  now,
};
const timeOff = (n: number): AnyCommand => ({
  type: 'AddTimeOff',
  data: { tutorId, from: now + n * 1_000, to: now + n * 1_000 + 500 },
  now,
});
const by = (command: AnyCommand, requestId: string): CommandContext =>
  fromPerson({ personId: tutorId, requestId, command: command.type });

/** The store, counting reads and appends. */
function counted(store: EventStore): { store: EventStore; reads: () => number; appends: () => number } {
  let reads = 0;
  let appends = 0;
  return {
    store: {
      ...store,
      read: (...args) => ((reads += 1), store.read(...args)),
      append: (...args) => ((appends += 1), store.append(...args)),
    },
    reads: () => reads,
    appends: () => appends,
  };
}

async function give(submit: Submit, command: AnyCommand, requestId: string): Promise<readonly string[]> {
  const answer = await submit(command, by(command, requestId));
  return isRefusal(answer) ? [answer.code] : answer.events.map(({ type }) => type);
}

describe('one process', () => {
  it('reads nothing to write to streams that it wrote before, or that are new', async () => {
    const { store, reads, appends } = counted(inMemoryStore());
    const submit = createSubmit(store);
    for (let n = 0; n < 10; n += 1) expect(await give(submit, timeOff(n), `off ${n}`)).toEqual(['TimeOffAdded']);
    expect([reads(), appends()]).toEqual([0, 10]);
    expect(await store.read('calendar-t1')).toHaveLength(10);
  });

  it('answers exactly what is in the log', async () => {
    const store = inMemoryStore();
    const submit = createSubmit(store);
    for (let n = 0; n < 3; n += 1) {
      const answer = await submit(timeOff(n), by(timeOff(n), `off ${n}`));
      if (isRefusal(answer)) throw new Error(answer.code);
      const read = await store.read('calendar-t1', { from: n });
      expect(answer).toEqual({
        kind: 'accepted',
        stream: 'calendar-t1',
        revision: n,
        position: read[0]?.position,
        events: read,
      });
    }
  });

  it('HA3: knows a repeated command though it remembers the stream', async () => {
    const store = inMemoryStore();
    const submit = createSubmit(store);
    const first = await submit(timeOff(1), by(timeOff(1), 'off'));
    await give(submit, timeOff(2), 'other');
    expect(await submit(timeOff(1), by(timeOff(1), 'off'))).toEqual(first);
    // Not remembered any more, as after a restart.
    expect(await createSubmit(store)(timeOff(1), by(timeOff(1), 'off'))).toEqual(first);
    expect(await store.read('calendar-t1')).toHaveLength(2);
  });

  it('HA3: does not do again what a repeated command did and another undid', async () => {
    const store = inMemoryStore();
    const submit = createSubmit(store);
    await give(submit, publish, 'p');
    const first = await submit(mode('accept'), by(mode('accept'), 'a'));
    await give(submit, mode('instant'), 'b');
    expect(await submit(mode('accept'), by(mode('accept'), 'a'))).toEqual(first);
    expect(await store.read('tutor-t1')).toHaveLength(3);
  });
});

describe('two processes', () => {
  const two = () => {
    const log = inMemoryStore();
    const [one, other] = [counted(log), counted(log)];
    return { log, one, other, first: createSubmit(one.store), second: createSubmit(other.store) };
  };

  it('do not answer "already so" from what one of them remembers', async () => {
    const { log, first, second } = two();
    await give(first, publish, 'p');
    expect(await give(first, mode('accept'), 'a')).toEqual(['BookingModeSet']);
    expect(await give(second, mode('instant'), 'b')).toEqual(['BookingModeSet']);
    // The first remembers `accept`.
    expect(await give(first, mode('accept'), 'c')).toEqual(['BookingModeSet']);
    expect((await log.read('tutor-t1')).map((event) => event.data['mode'])).toEqual([
      undefined,
      'accept',
      'instant',
      'accept',
    ]);
  });

  it('do not refuse from what one of them remembers', async () => {
    const { first, second } = two();
    const bookingId = 'b1';
    const plan: AnyCommand = {
      type: 'PlanOrder',
      data: { bookingId, amount: 80_000, receipt: 'r1', payBy: now + 1 },
      now,
    };
    const order: AnyCommand = { type: 'RecordOrder', data: { bookingId, orderId: 'o1', amount: 80_000 }, now };
    const refund: AnyCommand = {
      type: 'RequestRefund',
      data: { bookingId, refundId: 'f1', providerPaymentId: 'p1', amount: 1, reason: 'cancelled' },
      now,
    };
    expect(await give(first, plan, 'plan')).toEqual(['OrderPlanned']);
    expect(await give(second, order, 'order')).toEqual(['OrderCreated']);
    const capture: AnyCommand = {
      type: 'ObservePayment',
      data: {
        bookingId,
        orderId: 'o1',
        providerPaymentId: 'p1',
        status: 'captured',
        amount: 80_000,
        currency: 'INR',
        fee: 0,
        tax: 0,
        method: 'upi',
        reason: '',
        description: '',
      },
      now,
    };
    expect(await give(second, capture, 'capture')).toEqual(['PaymentCaptured']);
    // To the first, there is only a plan: nothing to give back.
    expect(await give(first, refund, 'refund')).toEqual(['RefundRequested']);
  });

  it('know a command that the other was given', async () => {
    const { log, first, second } = two();
    await give(first, timeOff(0), 'zero');
    await give(second, timeOff(1), 'one');
    await give(first, timeOff(2), 'two');
    const [, , third] = await log.read('calendar-t1');
    const again = await second(timeOff(2), by(timeOff(2), 'two'));
    expect(isRefusal(again) ? again.code : again.events).toEqual([third]);
    expect(await log.read('calendar-t1')).toHaveLength(3);
  });

  it('lose nothing and double nothing when they write in turns, and the second look costs only the news', async () => {
    const { log, one, first, second } = two();
    await give(first, timeOff(0), 'off 0');
    for (let n = 1; n < 20; n += 1) await give(n % 2 ? second : first, timeOff(n), `off ${n}`);
    const froms = (await log.read('calendar-t1')).map((event) => event.data['from']);
    expect(froms).toEqual(Array.from({ length: 20 }, (_, n) => now + n * 1_000));
    expect(one.reads()).toBeLessThanOrEqual(10);
  });

  it('do not trust what they remember of a log that was set back to a backup', async () => {
    const [before, after] = [inMemoryStore(), inMemoryStore()];
    let current: EventStore = before;
    const submit = createSubmit({
      ...before,
      read: (...args) => current.read(...args),
      append: (...args) => current.append(...args),
    });
    await give(submit, publish, 'p');
    await give(submit, mode('accept'), 'a');
    current = after;
    await give(createSubmit(after), publish, 'q');
    expect(await give(submit, mode('accept'), 'b')).toEqual(['BookingModeSet']);
    expect((await after.read('tutor-t1')).map(({ type }) => type)).toEqual(['TutorProfilePublished', 'BookingModeSet']);
  });
});
