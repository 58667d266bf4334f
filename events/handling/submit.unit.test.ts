import { describe, expect, it } from 'vitest';
import type { AnyCommand, CommandContext } from './submit.ts';
import { idFrom } from '../shared/ids.ts';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { isRefusal } from '../shared/refusal.ts';
import { DAY, HOUR, START } from '../shared/times.ts';
import { InvalidEvent, type EventStore, type NewEvent } from '../store/event-store.ts';
import { inMemoryStore } from '../store/in-memory.ts';
import { fromEvent, fromPerson, fromProvider, fromSystem } from './context.ts';
import { StreamBusy } from './handle.ts';
import { EVENTS, UnknownEvent } from './registry.ts';
import { createSubmit } from './submit.server.ts';

const now = START - 7 * DAY;
const by = (command: AnyCommand, requestId: string): CommandContext =>
  fromPerson({ personId: 's1', requestId, command: command.type, role: 'student' });

const request = (bookingId: string): AnyCommand => ({
  type: 'RequestBooking',
  data: {
    bookingId,
    tutorId: 't1',
    studentId: 's1',
    bookedBy: 's1',
    offerId: 'o1',
    subject: 'Physics',
    startsAt: START,
    minutes: 60,
    seats: 1,
    price: 80_000,
    mode: 'instant',
    policy: POLICY_2026_11,
    note: '',
  },
  now,
});
const availability: AnyCommand = {
  type: 'SetAvailability',
  data: {
    tutorId: 't1',
    zone: 'Asia/Kolkata',
    windows: [{ weekday: 1, from: '10:00', to: '12:00', offerId: 'o1' }],
  },
  now,
};
const hold = (n: number, seats = 1): AnyCommand => ({
  type: 'HoldSeat',
  data: {
    tutorId: 't1',
    bookingId: `b${n}`,
    studentId: `s${n}`,
    lessonId: `l${n}`,
    offerId: 'o1',
    startsAt: START,
    minutes: 60,
    seats,
  },
  now,
});

const poison = (reason: string): NewEvent => ({
  id: idFrom('poison', 1),
  type: 'BookingCancelled',
  data: { reason },
  meta: {
    commandId: 'c',
    correlationId: 'c',
    causationId: 'c',
    actor: { kind: 'system', id: 'test' },
    occurredAt: now,
    schemaVersion: 1,
  },
});

/** The store, with a hook that runs before each append: somebody else who is faster. */
function interrupted(store: EventStore, before: () => Promise<void>): EventStore {
  return {
    ...store,
    append: async (...args) => {
      await before();
      return store.append(...args);
    },
  };
}

async function accepted(submit: ReturnType<typeof createSubmit>, command: AnyCommand, context = by(command, 'r')) {
  const answer = await submit(command, context);
  if (isRefusal(answer)) throw new Error(`refused: ${answer.code}`);
  return answer;
}

describe('the door', () => {
  it('HA1, HA2, HA7: appends what was decided, with ids from the command and the whole story in meta', async () => {
    const store = inMemoryStore();
    const command = request('b1');
    const context = by(command, 'form-1');
    const answer = await accepted(createSubmit(store), command, context);
    expect(answer).toMatchObject({ stream: 'booking-b1', revision: 0 });
    expect(answer.position).toBe(await store.head());
    expect(answer.events).toEqual(await store.read('booking-b1'));
    expect(answer.events[0]).toMatchObject({
      id: idFrom('booking-b1', context.commandId, 0),
      type: 'BookingRequested',
      category: 'booking',
      meta: {
        commandId: context.commandId,
        correlationId: context.commandId,
        causationId: context.commandId,
        actor: { kind: 'person', id: 's1', role: 'student' },
        occurredAt: now,
        schemaVersion: 2,
      },
    });
  });

  it('HA5: a refusal appends nothing', async () => {
    const store = inMemoryStore();
    const command: AnyCommand = { type: 'CloseBooking', data: { bookingId: 'b1' }, now };
    expect(await createSubmit(store)(command, by(command, 'x'))).toMatchObject({ code: 'booking-unknown' });
    expect(await store.head()).toBeNull();
  });

  it('HA5: what is already so gives no events', async () => {
    const submit = createSubmit(inMemoryStore());
    await accepted(submit, request('b1'), by(request('b1'), 'one'));
    const again = await accepted(submit, request('b1'), by(request('b1'), 'two'));
    expect(again).toEqual({ kind: 'accepted', stream: 'booking-b1', revision: 0, position: null, events: [] });
    const never: AnyCommand = { type: 'SetBookingMode', data: { tutorId: 't9', mode: 'instant' }, now };
    expect(await accepted(submit, never)).toMatchObject({ revision: -1, position: null, events: [] });
  });

  it('HA3: the same command again returns its own events, even when it would be refused by now', async () => {
    const submit = createSubmit(inMemoryStore());
    const first = await accepted(submit, availability);
    const held = await accepted(submit, hold(1));
    const release: AnyCommand = { type: 'ReleaseSeat', data: { tutorId: 't1', bookingId: 'b1' }, now };
    await accepted(submit, release, by(release, 'release'));
    expect(await accepted(submit, availability)).toEqual(first);
    expect(await accepted(submit, hold(1))).toEqual(held);
  });

  it('BO1: the same form id with another slot is refused, not answered with the first booking', async () => {
    const store = inMemoryStore();
    const submit = createSubmit(store);
    const first = request('b1');
    if (first.type !== 'RequestBooking') throw new Error('a request');
    const other: AnyCommand = { ...first, data: { ...first.data, startsAt: START + HOUR } };
    await accepted(submit, first, by(first, 'form'));
    expect(await submit(other, by(other, 'form'))).toMatchObject({ code: 'request-id-reused' });
    expect((await accepted(submit, { ...first, now: now + HOUR }, by(first, 'form'))).events).toHaveLength(1);
    expect(await store.read('booking-b1')).toHaveLength(1);
  });

  it('HA3: a form id that comes back with other content is refused, and what it was asked first stands', async () => {
    const store = inMemoryStore();
    for (const submit of [createSubmit(store), createSubmit(store)]) {
      await accepted(submit, request('b1'), by(request('b1'), 'form'));
      const cancel = (reason: string): AnyCommand => ({
        type: 'CancelBooking',
        data: { bookingId: 'b1', by: 'student', reason },
        now,
      });
      await accepted(submit, cancel('Ill.'), by(cancel('Ill.'), 'again'));
      expect(await submit(cancel('Bored.'), by(cancel('Bored.'), 'again'))).toMatchObject({
        code: 'request-id-reused',
      });
      expect(
        (await accepted(submit, { ...cancel('Ill.'), now: now + 1 }, by(cancel('Ill.'), 'again'))).events,
      ).toHaveLength(1);
    }
    expect(await store.read('booking-b1')).toHaveLength(2);
  });

  it('HA3: what a server learns again may differ in particulars', async () => {
    const submit = createSubmit(inMemoryStore());
    const first = await submit(availability, fromSystem('test', 'key'));
    const other: AnyCommand = { type: 'SetAvailability', data: { tutorId: 't1', zone: 'UTC', windows: [] }, now };
    expect(await submit(other, fromSystem('test', 'key'))).toEqual(first);
  });

  it('HA3: one request id may give several different commands', async () => {
    const submit = createSubmit(inMemoryStore());
    await accepted(submit, request('b1'), by(request('b1'), 'form'));
    const cancel: AnyCommand = {
      type: 'CancelBooking',
      data: { bookingId: 'b1', by: 'student', reason: 'Changed my mind.' },
      now,
    };
    expect((await accepted(submit, cancel, by(cancel, 'form'))).events[0]?.type).toBe('BookingCancelled');
  });

  it('HA2: one request id at two streams makes events with ids of their own', async () => {
    const submit = createSubmit(inMemoryStore());
    const ids: string[] = [];
    for (const bookingId of ['b1', 'b2']) {
      await accepted(submit, request(bookingId), by(request(bookingId), bookingId));
      const data = { bookingId, by: 'student', reason: 'Changed my mind.' } as const;
      const cancel: AnyCommand = { type: 'CancelBooking', data, now };
      const first = await accepted(submit, cancel, by(cancel, 'one-key'));
      expect(await accepted(submit, cancel, by(cancel, 'one-key'))).toEqual(first);
      ids.push(...first.events.map((event) => event.id));
    }
    expect(new Set(ids).size).toBe(2);
  });

  it.each(['a\u0000b', 'half a pair \ud800'])('HA8: refuses text that cannot be kept: %j', async (reason) => {
    const store = inMemoryStore();
    const submit = createSubmit(store);
    await accepted(submit, request('b1'), by(request('b1'), 'form'));
    const cancel: AnyCommand = { type: 'CancelBooking', data: { bookingId: 'b1', by: 'student', reason }, now };
    expect(await submit(cancel, by(cancel, 'form'))).toMatchObject({ kind: 'refusal', code: 'text-invalid' });
    expect(await store.read('booking-b1')).toHaveLength(1);
    const deep: AnyCommand = {
      type: 'SetAvailability',
      now,
      data: { tutorId: 't1', zone: 'Asia/Kolkata', windows: [] },
    };
    const windows = [{ weekday: 1, from: '10:00', to: '12:00', offerId: reason }] as const;
    const nested: AnyCommand = { ...deep, data: { ...deep.data, windows } };
    expect(await submit(nested, by(nested, 'form'))).toMatchObject({ code: 'text-invalid' });
    await expect(store.append('booking-b9', 'no-stream', [poison(reason)])).rejects.toBeInstanceOf(InvalidEvent);
  });

  it('HA3: a lost reply is made good by asking again', async () => {
    const store = inMemoryStore();
    const losing: EventStore = {
      ...store,
      append: async (...args) => {
        await store.append(...args);
        throw new Error('connection lost');
      },
    };
    await expect(createSubmit(losing)(request('b1'), by(request('b1'), 'form'))).rejects.toThrow('connection lost');
    const again = await accepted(createSubmit(store), request('b1'), by(request('b1'), 'form'));
    expect(again.events).toHaveLength(1);
    expect(await store.read('booking-b1')).toHaveLength(1);
  });
});

describe('a race', () => {
  it('HA4: the loser decides anew', async () => {
    const store = inMemoryStore();
    const faster = createSubmit(store);
    await accepted(faster, availability);
    let once = false;
    const slower = createSubmit(
      interrupted(store, async () => {
        if (once) return;
        once = true;
        await accepted(faster, hold(1), by(hold(1), 'one'));
      }),
    );
    const answer = await accepted(slower, hold(2), by(hold(2), 'two'));
    expect(answer.events.map((event) => [event.type, event.data['reason']])).toEqual([['SeatRefused', 'seat-taken']]);
  });

  it('HA4: gives up after too many conflicts, having changed nothing', async () => {
    const store = inMemoryStore();
    let n = 0;
    const rushed = createSubmit(
      interrupted(store, async () => {
        n += 1;
        await store.append('calendar-t1', 'any', [
          {
            id: idFrom('other', n),
            type: 'TimeOffAdded',
            data: { tutorId: 't1', from: n, to: n + 1 },
            meta: {
              commandId: `other-${n}`,
              correlationId: 'c',
              causationId: 'c',
              actor: { kind: 'system', id: 'test' },
              occurredAt: now,
              schemaVersion: 1,
            },
          },
        ]);
      }),
    );
    await expect(rushed(availability, by(availability, 'x'))).rejects.toBeInstanceOf(StreamBusy);
    const types = (await store.read('calendar-t1')).map((event) => event.type);
    expect(new Set(types)).toEqual(new Set(['TimeOffAdded']));
  });

  it('CA8: fifty students, three seats, two nodes: three get one, nobody twice', async () => {
    const store = inMemoryStore();
    const nodes = [createSubmit(store), createSubmit(store)];
    const [first, second] = nodes;
    if (!first || !second) throw new Error('two nodes');
    await accepted(first, availability);
    const rush = Array.from({ length: 50 }, (_, n) =>
      accepted(n % 2 ? first : second, hold(n, 3), by(hold(n, 3), `hold-${n}`)),
    );
    const answers = await Promise.all(rush);
    const types = answers.map((answer) => answer.events[0]?.type);
    expect(types.filter((type) => type === 'SeatHeld')).toHaveLength(3);
    expect(types.filter((type) => type === 'SeatRefused')).toHaveLength(47);
    const lessons = answers.flatMap((answer) => answer.events).filter((event) => event.type === 'SeatHeld');
    expect(new Set(lessons.map((event) => event.data['lessonId'])).size).toBe(1);
  });

  it('BO1: the same form sent ten times at once books once', async () => {
    const store = inMemoryStore();
    const submit = createSubmit(store);
    const all = Array.from({ length: 10 }, () => accepted(submit, request('b1'), by(request('b1'), 'form')));
    const answers = await Promise.all(all);
    expect(new Set(answers.map((answer) => answer.events[0]?.id)).size).toBe(1);
    expect(await store.read('booking-b1')).toHaveLength(1);
  });

  it('PO12: release and reversal in the same moment: one wins', async () => {
    const store = inMemoryStore();
    const submit = createSubmit(store);
    const bookingId = 'b1';
    const t0 = START + HOUR;
    const due = t0 + 72 * HOUR;
    const before: readonly AnyCommand[] = [
      {
        type: 'PlanPayout',
        data: {
          bookingId,
          tutorId: 't1',
          accountId: 'acc',
          providerPaymentId: 'pay',
          gross: 80_000,
          commissionBps: 1_000,
          holdMs: 72 * HOUR,
        },
        now,
      },
      { type: 'RequestTransfer', data: { bookingId, operationId: 'op' }, now },
      { type: 'RecordTransfer', data: { bookingId, transferId: 'trf', amount: 72_000 }, now },
      { type: 'StartHold', data: { bookingId, t0 }, now: t0 },
    ];
    for (const command of before) await accepted(submit, command, by(command, command.type));
    const race: readonly AnyCommand[] = [
      { type: 'AuthorizeRelease', data: { bookingId, operationId: 'rel' }, now: due },
      { type: 'RequestReversal', data: { bookingId, operationId: 'rev', amount: 72_000, reason: 'dispute' }, now: due },
    ];
    const nodes = race.map((command) => createSubmit(store)(command, by(command, 'race')));
    const answers = await Promise.all(nodes);
    expect(answers.filter(isRefusal)).toHaveLength(1);
    expect(await store.read('payout-b1')).toHaveLength(5);
  });
});

it('HA6: does not decide over an event that it does not know', async () => {
  const store = inMemoryStore();
  const submit = createSubmit(store);
  const { events } = await accepted(submit, request('b1'));
  const known = events[0];
  if (!known) throw new Error('no event');
  const { id: _, type, data, meta } = known;
  const newer = EVENTS.BookingRequested.version + 1;
  const close: AnyCommand = { type: 'CloseBooking', data: { bookingId: 'b1' }, now };
  await store.append('booking-b1', 0, [{ id: idFrom('new', 1), type: 'BookingSanctified', data, meta }]);
  await expect(submit(close, by(close, 'a'))).rejects.toBeInstanceOf(UnknownEvent);
  await store.append('booking-b2', 'no-stream', [
    { id: idFrom('new', 2), type, data, meta: { ...meta, schemaVersion: newer } },
  ]);
  const other: AnyCommand = { type: 'CloseBooking', data: { bookingId: 'b2' }, now };
  await expect(submit(other, by(other, 'b'))).rejects.toThrow(`version ${newer}`);
});

describe('context', () => {
  it('HA7: a process acts because of an event, in the same connection, once a step', async () => {
    const submit = createSubmit(inMemoryStore());
    const { events } = await accepted(submit, request('b1'));
    const event = events[0];
    if (!event) throw new Error('no event');
    const context = fromEvent(event, 'hold-seat', 'book-lesson');
    expect(context).toEqual({
      commandId: idFrom(event.id, 'hold-seat'),
      correlationId: event.meta.correlationId,
      causationId: event.id,
      actor: { kind: 'process', id: 'book-lesson' },
    });
    expect(fromEvent(event, 'decline', 'book-lesson').commandId).not.toBe(context.commandId);
  });
  it('HA3: a person cannot use up the request id of another', () => {
    const one = fromPerson({ personId: 's1', requestId: 'r', command: 'RequestBooking' });
    const other = fromPerson({ personId: 's2', requestId: 'r', command: 'RequestBooking' });
    expect(one.commandId).not.toBe(other.commandId);
    expect(one.actor).toEqual({ kind: 'person', id: 's1' });
  });
  it('HA3: the same fact of a provider is the same command', () => {
    expect(fromProvider('razorpay', 'pay_1 captured')).toEqual(fromProvider('razorpay', 'pay_1 captured'));
    expect(fromProvider('razorpay', 'pay_1 captured', 'c').correlationId).toBe('c');
    expect(fromSystem('sfu', 'leave c1').actor).toEqual({ kind: 'system', id: 'sfu' });
  });
});
