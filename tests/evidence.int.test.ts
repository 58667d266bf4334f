/**
 * Twenty cases whose truth is known, each made by driving the whole back of the product (log, worker, money, sandbox) over
 * a real database: the verdict that the facts propose is the true one, and each reason leads to events of the case.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messagesIn } from '#app/lib/messages/index.ts';
import {
  buildEvidence,
  evidenceServices,
  freezeEvidence,
  rebuildEvidence,
  type Then,
} from '#app/server/evidence-services.server.ts';
import { evidencePaper } from '#app/server/papers/evidence.ts';
import { disputeIdOf, type DisputeCause } from '#events/dispute/events.ts';
import type { Evidence } from '#events/evidence/evidence.ts';
import type { FindingCode } from '#events/evidence/findings.ts';
import { recognise } from '#events/handling/registry.ts';
import type { RoomWord } from '#events/lesson/room.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { pdf } from '#platform/pdf/pdf.server.ts';
import { HOUR, openWorld, PRICE, STUDENT, TUTOR, until, type World } from '../projections/testing/world.ts';
import { readPdf } from './support/pdf-text.ts';

const MINUTE = 60_000;
type Reason = 'left' | 'disconnected' | 'node-lost';
type Span = readonly [from: number, to: number, reason?: Reason];

interface Presence {
  /** Minutes of the lesson; null: they stay until it ends. */
  readonly here?: readonly (readonly [from: number, to: number | null, reason?: Reason])[];
  /** In their direction, and the other one; not given: while they are here. */
  readonly media?: readonly Span[];
  readonly work?: readonly number[];
}

interface Case {
  readonly name: string;
  readonly tutor?: Presence;
  readonly student?: Presence;
  readonly told?: readonly (readonly [minute: number, by: string | null, word: RoomWord])[];
  /** The host ends it; null: nobody does, time does. */
  readonly ended?: number | null;
  readonly claim: DisputeCause | 'review';
  readonly wants?: number;
  readonly paidTwice?: boolean;
  readonly truth: {
    /** Paise back, or why the facts leave it open. */
    readonly refund: number | 'open';
    readonly because: readonly FindingCode[];
    readonly also?: readonly FindingCode[];
  };
}

const all: readonly (readonly [number, null])[] = [[-5, null]];
const weak = (personId: string, network: 'theirs' | 'shared'): RoomWord => ({
  type: 'ConnectionWeakened',
  personId,
  network,
  rttMs: 420,
  lossUp: 90,
  lossDown: 20,
});

const CASES: readonly Case[] = [
  {
    name: 'an impostor claim: held whole, and said not to have happened',
    claim: 'did-not-happen',
    truth: { refund: 0, because: ['minutes-held'] },
  },
  {
    name: 'an impostor claim of a cut: held whole',
    claim: 'cut-short',
    truth: { refund: 0, because: ['minutes-held'] },
  },
  {
    name: 'the tutor starts 20 minutes late',
    tutor: { here: [[20, null]] },
    claim: 'cut-short',
    truth: { refund: 26_667, because: ['lost-tutor-absent', 'tutor-late'] },
  },
  {
    name: 'the tutor starts 4 minutes late',
    tutor: { here: [[4, null]] },
    claim: 'cut-short',
    truth: { refund: 0, because: ['minutes-held'] },
  },
  {
    name: 'the tutor starts 12 minutes late and makes up for it',
    tutor: { here: [[12, null]] },
    ended: 72,
    claim: 'cut-short',
    truth: { refund: 0, because: ['minutes-held'] },
  },
  {
    name: 'the host ends after 40 minutes',
    ended: 40,
    claim: 'cut-short',
    truth: { refund: 26_667, because: ['lost-ended-early'] },
  },
  {
    name: 'the student comes 25 minutes late',
    student: { here: [[25, null]] },
    claim: 'cut-short',
    truth: { refund: 0, because: ['lost-student-absent', 'student-late'] },
  },
  {
    name: 'the student never comes',
    student: { here: [] },
    claim: 'did-not-happen',
    truth: { refund: 0, because: ['student-never-came'] },
  },
  {
    name: 'a firewall lets the student receive nothing',
    student: { media: [[0, 2]] },
    claim: 'review',
    truth: { refund: 0, because: ['lost-student-without-media'] },
  },
  {
    name: 'a firewall lets the tutor send nothing, who hears the student',
    tutor: { media: [] },
    claim: 'review',
    truth: { refund: PRICE, because: ['lost-tutor-without-media'] },
  },
  {
    name: 'our node loses the student after 20 minutes, for good',
    student: { here: [[-5, 20, 'node-lost']] },
    claim: 'review',
    truth: { refund: PRICE, because: ['lost-our-servers', 'student-lost-by-server'] },
  },
  {
    name: 'our node loses both for 10 minutes in the middle',
    tutor: {
      here: [
        [-5, 20, 'node-lost'],
        [30, null],
      ],
    },
    student: {
      here: [
        [-5, 20, 'node-lost'],
        [30, null],
      ],
    },
    claim: 'technical-failure',
    truth: { refund: 13_333, because: ['lost-our-servers'] },
  },
  {
    name: 'the student’s own network fails for most of it',
    student: { media: [[-5, 15]] },
    told: [[15, null, weak(STUDENT, 'theirs')]],
    claim: 'review',
    truth: { refund: 0, because: ['lost-student-network', 'student-weak'] },
  },
  {
    name: 'a network that all share fails for most of it',
    student: { media: [[-5, 15]] },
    told: [[15, null, weak(STUDENT, 'shared')]],
    claim: 'review',
    truth: { refund: PRICE, because: ['lost-shared-network', 'student-weak-shared'] },
  },
  {
    name: 'the tutor’s microphone gives no sound for 20 minutes',
    told: [
      [10, null, { type: 'MediaFaultNoticed', personId: TUTOR, fault: 'microphone-silent' }],
      [30, null, { type: 'MediaFaultEnded', personId: TUTOR, fault: 'microphone-silent' }],
    ],
    claim: 'technical-failure',
    truth: { refund: 26_667, because: ['lost-tutor-microphone'] },
  },
  {
    name: 'a tutor without camera and microphone works on the board all along, and the student looks on',
    tutor: { media: [], work: Array.from({ length: 60 }, (_, minute) => minute) },
    student: { media: [] },
    claim: 'did-not-happen',
    truth: { refund: 0, because: ['minutes-held'] },
  },
  {
    name: 'the student stands at the door until minute 40',
    student: { here: [[40, null]] },
    told: [
      [0, STUDENT, { type: 'AskedToEnter', personId: STUDENT }],
      [40, TUTOR, { type: 'ParticipantAdmitted', personId: STUDENT }],
    ],
    claim: 'review',
    truth: { refund: PRICE, because: ['lost-student-kept-out', 'kept-out'] },
  },
  {
    name: 'the host turns the student away, and ends it after 20 minutes',
    student: { here: [] },
    told: [
      [0, STUDENT, { type: 'AskedToEnter', personId: STUDENT }],
      [1, TUTOR, { type: 'ParticipantTurnedAway', personId: STUDENT }],
    ],
    ended: 20,
    claim: 'review',
    truth: { refund: PRICE, because: ['lost-student-kept-out', 'kept-out'] },
  },
  {
    name: 'our node loses the student after 5 minutes, and the tutor ends it at 20',
    student: { here: [[-5, 5, 'node-lost']] },
    ended: 20,
    claim: 'review',
    truth: { refund: PRICE, because: ['lost-our-servers'] },
  },
  {
    name: 'the host ends it at minute 8, before the student’s time to come is over',
    student: { here: [] },
    ended: 8,
    claim: 'review',
    truth: { refund: PRICE, because: ['lost-ended-early'] },
  },
  {
    name: 'both are there for half of it and one of them drops for good: the tutor',
    tutor: { here: [[-5, 25, 'disconnected']] },
    ended: null,
    claim: 'review',
    truth: { refund: PRICE, because: ['lost-tutor-absent', 'tutor-dropped'] },
  },
  {
    name: 'the student minimised the tab for most of it, and heard all of it',
    told: [
      [5, STUDENT, { type: 'PageHidden', personId: STUDENT }],
      [55, STUDENT, { type: 'PageShown', personId: STUDENT }],
    ],
    claim: 'did-not-happen',
    truth: { refund: 0, because: ['minutes-held'], also: ['student-away'] },
  },
  {
    name: 'paid twice, and the second payment is on its way back',
    paidTwice: true,
    claim: 'charged-wrongly',
    truth: { refund: 0, because: ['surplus', 'paid'] },
  },
  { name: 'not what was described', claim: 'not-as-described', truth: { refund: 'open', because: ['minutes-held'] } },
  {
    name: 'only a part is asked back of what a late start cost',
    tutor: { here: [[20, null]] },
    wants: 10_000,
    claim: 'cut-short',
    truth: { refund: 10_000, because: ['lost-tutor-absent'] },
  },
];

let world: World;
let day = 0;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.close();
});

interface Step {
  readonly minute: number;
  run(): Promise<string | null>;
}

/** What this person does in the lesson, by its minutes. */
function stepsOf(personId: string, presence: Presence, lessonId: string, startsAt: number): readonly Step[] {
  const { here = all, work = [] } = presence;
  const role = personId === TUTOR ? ('host' as const) : ('participant' as const);
  const steps: Step[] = [];
  here.forEach(([from, to, reason = 'left'], index) => {
    const connectionId = `${personId} ${index}`;
    const at = (minute: number): number => startsAt + minute * MINUTE;
    const own = personId === TUTOR ? 'sent' : 'received';
    const flows = presence.media ?? [[from, to ?? Number.POSITIVE_INFINITY] as const];
    const media = (type: 'StartMedia' | 'StopMedia', direction: 'sent' | 'received', minute: number): Step => ({
      minute,
      run: () => world.give({ type, data: { lessonId, personId, connectionId, direction, at: at(minute) } }, personId),
    });
    steps.push({
      minute: from,
      run: () => world.give({ type: 'JoinLesson', data: { lessonId, personId, role, connectionId } }, personId),
    });
    // The other direction tells that the connection as such carries media.
    if (presence.media !== undefined) steps.push(media('StartMedia', own === 'sent' ? 'received' : 'sent', from));
    for (const [begins, ends] of flows) {
      steps.push(media('StartMedia', own, begins));
      if (to === null && Number.isFinite(ends)) steps.push(media('StopMedia', own, ends));
    }
    if (to !== null)
      steps.push({
        minute: to,
        run: () =>
          world.give({ type: 'LeaveLesson', data: { lessonId, personId, connectionId, at: at(to), reason } }, personId),
      });
  });
  for (const minute of work)
    steps.push({
      minute: minute + 0.5,
      run: () =>
        world.give(
          { type: 'NoteWork', data: { lessonId, personId, surface: 'board', minute: startsAt + minute * MINUTE } },
          personId,
        ),
    });
  return steps;
}

/** Plays the case to its dispute, and gives the booking. */
async function play(one: Case): Promise<string> {
  const startsAt = world.firstStart + 24 * HOUR * (day += 7);
  const bookingId = await world.book({ startsAt });
  if (one.paidTwice === true) {
    const { orderId } = await world.booking(bookingId, (row) => row.orderId !== null);
    // The stand-in takes no second payment for an order, as the real one promises: this is the news of one all the same.
    const data = {
      bookingId,
      orderId: orderId ?? '',
      providerPaymentId: 'pay_second',
      status: 'captured',
      amount: PRICE,
      currency: 'INR',
      fee: 0,
      tax: 0,
      method: 'upi',
      reason: '',
      description: '',
    } as const;
    expect(await world.give({ type: 'ObservePayment', data })).toBeNull();
    await until('the second payment to be seen', async () =>
      (await world.store.read(`payment-${bookingId}`)).some(({ type }) => type === 'RefundRequested'),
    );
  }
  await world.payout(bookingId, ({ state }) => state === 'held');
  const row = await world.booking(bookingId, ({ code }) => code !== null);
  const lessonId = row.lessonId ?? '';
  await until('the seat', async () =>
    (await world.store.read(`lesson-${lessonId}`)).some(({ type }) => type === 'SeatTaken'),
  );
  const { ended = 60 } = one;
  const told = (one.told ?? []).map(([minute, by, word]): Step => ({
    minute,
    run: () =>
      world.give({ type: 'NoteRoom', data: { lessonId, by, at: startsAt + minute * MINUTE, word } }, by ?? undefined),
  }));
  const steps = [
    ...stepsOf(TUTOR, one.tutor ?? {}, lessonId, startsAt),
    ...stepsOf(STUDENT, one.student ?? {}, lessonId, startsAt),
    ...told,
  ].toSorted((a, b) => a.minute - b.minute);
  for (const step of steps) {
    await world.advanceTo(startsAt + step.minute * MINUTE);
    expect(await step.run()).toBeNull();
  }
  if (ended === null) await world.advanceTo(startsAt + 80 * MINUTE);
  else {
    await world.advanceTo(startsAt + ended * MINUTE);
    const data = { lessonId, by: 'host', policy: POLICY_2026_11 } as const;
    expect(await world.give({ type: 'EndLesson', data }, TUTOR)).toBeNull();
  }
  await until('the outcome', async () =>
    (await world.store.read(`lesson-${lessonId}`)).some(({ type }) => type === 'OutcomeDecided'),
  );
  if (one.claim !== 'review')
    expect(
      await until('the complaint to be taken', async () => {
        const data = {
          bookingId,
          disputeId: disputeIdOf(bookingId),
          kind: 'in-app',
          openedBy: STUDENT,
          cause: one.claim as DisputeCause,
          text: 'Please look at it.',
          wants: one.wants ?? null,
          opensAt: startsAt + 15 * MINUTE,
        } as const;
        return (await world.give({ type: 'DisputePayout', data }, STUDENT)) ?? 'taken';
      }),
    ).toBe('taken');
  await until('the case to be open', async () =>
    (await world.store.read(`dispute-${bookingId}`)).some(({ type }) => type === 'DisputeOpened'),
  );
  return bookingId;
}

async function evidenceOf(bookingId: string): Promise<Evidence> {
  const built = await buildEvidence({ ...world, now: () => world.clock.now() }, bookingId);
  if (!built) throw new Error('no evidence');
  return built.evidence;
}

describe('a case whose truth is known', () => {
  it.each(CASES.map((one) => [one.name, one] as const))('EV7–EV13: %s', async (_, one) => {
    const bookingId = await play(one);
    const evidence = await evidenceOf(bookingId);
    const { verdict, findings } = evidence;
    expect(verdict.kind === 'open' ? 'open' : verdict.refund, JSON.stringify(evidence.minutes.lostMs)).toBe(
      one.truth.refund,
    );
    expect(verdict.because).toEqual(expect.arrayContaining([...one.truth.because]));
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining([...(one.truth.also ?? [])]));
    const known = new Set<string>();
    for (const stream of ['booking', 'payment', 'payout', 'dispute'])
      for (const event of await world.store.read(`${stream}-${bookingId}`)) known.add(event.id);
    for (const event of await world.store.read(`lesson-${evidence.lessonId ?? ''}`)) known.add(event.id);
    for (const code of verdict.because) {
      const finding = findings.find((found) => found.code === code);
      expect(finding, code).toBeDefined();
      for (const id of finding?.events ?? []) expect(known).toContain(id);
      // Who never came left no event of it: the outcome says so.
      if (!/never-came|^lost-/.test(code)) expect(finding?.events.length, code).toBeGreaterThan(0);
    }
  });
});

describe('evidence that is kept', () => {
  const ops = {
    personId: 'person-ops',
    name: 'Nikhil',
    email: 'ops@demo.test',
    roles: ['ops'] as const,
    zone: 'Asia/Kolkata',
  };

  it('EV15, EV16, PR6: is built again from the log, to the same fingerprint, and one lesser event makes another', async () => {
    const bookingId = await play({
      name: '',
      tutor: { here: [[20, null]] },
      claim: 'cut-short',
      truth: { refund: 0, because: [] },
    });
    expect(
      await world.give({ type: 'AnswerDispute', data: { bookingId, by: TUTOR, text: 'I was late.' } }, TUTOR),
    ).toBeNull();
    const parts = { ...world, now: () => world.clock.now() };
    const act = { bookingId, proposalId: 'p1', step: 'proposal' } as const;
    expect(await freezeEvidence(parts, ops, act)).toBeNull();
    expect(await freezeEvidence(parts, ops, act)).toBeNull();
    const kept = (await world.store.read(`dispute-${bookingId}`)).filter(({ type }) => type === 'EvidenceFrozen');
    expect(kept).toHaveLength(1);
    const event = kept[0] && recognise(kept[0]);
    if (event?.type !== 'EvidenceFrozen') throw new Error('not kept');
    const { hash, summary } = event.data;
    const then = JSON.parse(summary) as Then;
    expect(then).toMatchObject({ verdict: { refund: 26_667, reason: 'lost-by-tutor' } });
    // Both of them have another case meanwhile: what was known then stands.
    await play({ name: '', claim: 'other', truth: { refund: 'open', because: [] } });
    const now = await buildEvidence(parts, bookingId);
    expect(now?.evidence.earlier.student.disputes).toBe(then.earlier.student.disputes + 1);
    expect(now?.hash).not.toBe(hash);
    expect((await rebuildEvidence(world.store, bookingId, then))?.hash).toBe(hash);

    // EV16: what is taken along.
    const { evidenceToTake } = evidenceServices(parts);
    const taken = await evidenceToTake(ops, bookingId, event.id);
    if (taken === null || isRefusal(taken)) throw new Error('not given out');
    expect(taken).toMatchObject({ bookingId, hash, kept: { event: event.id, step: 'proposal' } });
    const named = taken.evidence.findings.flatMap(({ events }) => events);
    expect(named.filter((id) => !taken.events.some((one) => one.id === id))).toEqual([]);
    const [first] = await world.store.read(`booking-${bookingId}`);
    expect(taken.events).toContainEqual({
      id: first?.id,
      type: 'BookingRequested',
      stream: `booking-${bookingId}`,
      at: first?.meta.occurredAt,
      position: first?.position,
      chain: first?.chain,
    });
    expect(await evidenceToTake(ops, bookingId, null)).toMatchObject({ kept: null, evidence: { bookingId } });
    expect(await evidenceToTake(ops, bookingId, first?.id ?? '')).toBeNull();
    expect(await evidenceToTake({ ...ops, personId: TUTOR }, bookingId, null)).toBeNull();
    expect(await evidenceToTake({ ...ops, roles: ['student'] }, bookingId, null)).toBeNull();
    expect(await evidenceToTake(ops, 'nothing', null)).toBeNull();

    const booking = await world.queries.booking(bookingId);
    if (!booking) throw new Error('no booking');
    const paper = evidencePaper({ told: taken, booking, zone: 'Asia/Kolkata' }, messagesIn('en'));
    const read = await readPdf(await pdf(paper));
    const text = read.pages.join('\n');
    for (const part of [hash, '₹266.67', '₹800.00', 'Both side by side', bookingId])
      expect(text.replaceAll('\n', ''), part).toContain(part);
    for (const { id, chain } of taken.events) {
      expect(text.replaceAll('\n', '')).toContain(id);
      expect(text.replaceAll('\n', '')).toContain(chain);
    }
  });
});
