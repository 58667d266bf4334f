/**
 * The life of one payment, whole and without a world around it: the real deciders and processes, a provider that loses
 * answers, a clock that jumps, people who do what they please. One number decides everything that happens.
 */
import { disputeIdOf } from '#events/dispute/events.ts';
import type { AnyCommand } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import type { Fact } from '../fact.ts';
import { PROCESSES } from '../processes/all.ts';
import type { Intent, Process } from '../processes/process.ts';
import { Checks } from './checks.ts';
import { Domain } from './domain.ts';
import { FakeProvider, type Row } from './provider.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * HOUR;
/** A Monday, 10:00 in Kolkata. */
const NOW = Date.UTC(2026, 11, 7, 4, 30);
const STARTS_AT = NOW + 3 * DAY;
const TUTOR = 'tutor';
const STUDENT = 'student';
const BOOKING = 'b';

export interface Life {
  readonly seed: number;
  readonly facts: readonly Fact[];
  readonly violations: readonly string[];
  /** Where the money ended, paise. `open` is what nobody has yet. */
  readonly money: { readonly paid: number; readonly back: number; readonly tutor: number; readonly open: number };
}

export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Follower {
  take(fact: Fact): void;
}

interface Timer {
  readonly dueAt: number;
  readonly intent: Intent;
}

class Simulation {
  now = NOW;
  readonly domain = new Domain();
  readonly provider = new FakeProvider();
  readonly checks = new Checks();
  readonly violations: string[] = [];
  readonly #random: () => number;
  readonly #timers = new Map<string, Timer>();
  readonly #fired = new Set<string>();
  readonly #rows: Row[] = [];
  readonly #followers: readonly Follower[];
  #checked = 0;
  #step = 0;
  /** How often the provider may still say no: it ends somewhere, as people would see to it. */
  #refusals = 3;

  constructor(random: () => number) {
    this.#random = random;
    this.#followers = PROCESSES.map((any) => any.run((process) => this.#follow(process)));
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<T>(...options: readonly T[]): T | undefined {
    return options[Math.floor(this.#random() * options.length)];
  }

  between(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  give(intent: Intent, commandId = `step ${(this.#step += 1)}`): string | null {
    // `Intent` is a command without its time, and here is the time.
    const refused = this.domain.give({ ...intent, now: this.now } as AnyCommand, commandId);
    for (; this.#checked < this.domain.facts.length; this.#checked += 1) {
      const fact = this.domain.facts[this.#checked];
      const wrong = fact && this.checks.see(fact);
      if (wrong) this.violations.push(`${wrong} (fact ${this.#checked + 1}, ${fact.type})`);
    }
    return refused;
  }

  #follow<State>(process: Process<State>): Follower {
    const states = new Map<string, State>();
    return {
      take: (fact) => {
        const key = process.keyOf(fact);
        if (key === null) return;
        const state = process.evolve(states.get(key) ?? process.initial, fact);
        // Killed before the commit: the fact comes again, with the same commands.
        const times = this.chance(0.05) ? 2 : 1;
        for (let time = 0; time < times; time += 1)
          for (const reaction of process.react(fact, state, { accountId: 'acc_1' })) {
            if (reaction.kind === 'command') this.give(reaction.command, idFrom(fact.id, process.name, reaction.step));
            else if (time > 0) continue;
            else if (reaction.kind === 'timer') this.#arm(reaction.key, reaction.dueAt, reaction.command);
            else if (reaction.kind === 'forget') for (const name of reaction.keys) this.#timers.delete(name);
            else if (reaction.kind === 'call') this.#plan(reaction);
          }
        states.set(key, state);
      },
    };
  }

  #arm(key: string, dueAt: number, intent: Intent): void {
    if (!this.#timers.has(key) && !this.#fired.has(key)) this.#timers.set(key, { dueAt, intent });
  }

  #plan({ operationId, call }: Omit<Row, 'state'>): void {
    if (!this.#rows.some((row) => row.operationId === operationId))
      this.#rows.push({ operationId, call, state: 'planned' });
  }

  readonly #seen: number[] = [];

  /** One process takes one fact; false when all have seen everything. */
  follow(): boolean {
    const behind = this.#followers.flatMap((follower, n) =>
      (this.#seen[n] ?? 0) < this.domain.facts.length ? [{ follower, n }] : [],
    );
    // All processes of the product move together, fact by fact; here each at its own pace, which is harder.
    const next = this.pick(...behind);
    if (!next) return false;
    const at = this.#seen[next.n] ?? 0;
    const fact = this.domain.facts[at];
    this.#seen[next.n] = at + 1;
    if (fact) next.follower.take(fact);
    return true;
  }

  /** One due timer fires; false when none is due. */
  fire(): boolean {
    for (const [key, { dueAt, intent }] of this.#timers)
      if (dueAt <= this.now) {
        this.#timers.delete(key);
        this.#fired.add(key);
        this.give(intent, `timer ${key}`);
        return true;
      }
    return false;
  }

  nextTimerAt(): number | null {
    const due = [...this.#timers.values()].map((timer) => timer.dueAt);
    return due.length > 0 ? Math.min(...due) : null;
  }

  /** One call outward goes a step; false when none waits. */
  call(calm = false): boolean {
    const waiting = this.#rows.filter((row) => row.state !== 'done');
    const row = this.pick(...waiting);
    if (!row) return false;
    if (row.state === 'unknown') {
      const found = this.provider.found(row);
      row.state = found ? 'done' : 'planned';
      if (found) this.give(found);
      return true;
    }
    const dice = calm ? 0 : this.#random();
    if (dice < 0.7) {
      this.provider.commit(row);
      const found = this.provider.found(row);
      row.state = 'done';
      if (found) this.give(found);
    } else if (dice < 0.8) {
      this.provider.commit(row);
      row.state = 'unknown';
    } else if (dice < 0.9) row.state = 'unknown';
    else if (this.#refusals > 0) {
      const refused = this.provider.refused(row);
      if (refused) {
        this.#refusals -= 1;
        row.state = 'done';
        this.give(refused);
      }
    }
    return true;
  }

  quiet(): boolean {
    return (
      !this.#rows.some((row) => row.state !== 'done') &&
      this.#followers.every((_, n) => (this.#seen[n] ?? 0) === this.domain.facts.length)
    );
  }
}

const SINGLE = { offerId: 'single', minutes: 60, seats: 1 } as const;

function begin(life: Simulation, price: number): void {
  life.give({
    type: 'RequestBooking',
    data: {
      bookingId: BOOKING,
      tutorId: TUTOR,
      studentId: STUDENT,
      bookedBy: STUDENT,
      ...SINGLE,
      subject: 'Mathematics',
      startsAt: STARTS_AT,
      price,
      mode: 'instant',
      policy: POLICY_2026_11,
      note: '',
    },
  });
}

/** What people and banks may do at any moment; most of it is refused, as it should be. */
function act(life: Simulation): void {
  const { provider } = life;
  const { startsAt, lessonId, price } = bookingOf(life.domain.facts);
  if (lessonId !== null && life.now >= startsAt && life.now < startsAt + HOUR && life.chance(0.5))
    return teach(life, lessonId);
  const payment = life.pick(...provider.attempts);
  switch (life.between(0, 16)) {
    case 0:
    case 1:
    case 2:
      if (provider.orderId !== null && provider.attempts.length < 4)
        provider.pay(life.pick('captured', 'captured', 'captured', 'failed', 'authorized') ?? 'captured', price);
      return;
    case 3:
    case 4:
    case 5:
    case 6:
      if (!payment) return;
      if (payment.status !== 'captured' && life.chance(0.4))
        payment.status = payment.status === 'failed' ? 'authorized' : 'captured';
      life.give(provider.observation(BOOKING, payment, life.chance(0.1) ? 'failed' : payment.status));
      return;
    case 7:
      if (life.chance(0.15))
        life.give({
          type: 'CancelBooking',
          data: {
            bookingId: BOOKING,
            by: life.pick('student', 'student', 'tutor', 'platform') ?? 'student',
            reason: '',
          },
        });
      return;
    case 8:
      if (life.now < startsAt || life.chance(0.5)) return;
      life.give({
        type: 'DisputePayout',
        data: {
          bookingId: BOOKING,
          disputeId: disputeIdOf(BOOKING),
          kind: 'in-app',
          openedBy: STUDENT,
          cause: 'cut-short',
          text: 'It was short.',
          wants: null,
          opensAt: startsAt + 15 * MINUTE,
        },
      });
      return;
    case 9:
      life.give({ type: 'AnswerDispute', data: { bookingId: BOOKING, by: TUTOR, text: 'No.' } });
      return;
    case 10: {
      const refund = life.pick(0, price, life.between(0, price)) ?? 0;
      const proposalId = `proposal ${refund} ${life.now}`;
      life.give({
        type: 'ProposeResolution',
        data: { bookingId: BOOKING, proposalId, refund, reason: 'So.', by: 'ops', secondPersonAbove: 50_000 },
      });
      if (life.chance(0.7))
        life.give({ type: 'ApproveResolution', data: { bookingId: BOOKING, proposalId, by: 'ops2' } });
      return;
    }
    case 11:
      if (life.chance(0.2)) life.give({ type: 'WithdrawDispute', data: { bookingId: BOOKING, by: STUDENT } });
      return;
    case 12:
      return bank(life);
    case 13: {
      const by = life.pick('student', 'tutor') ?? 'student';
      const proposalId = life.pick('move 1', 'move 2') ?? '';
      const { bookingId } = { bookingId: BOOKING };
      const to = startsAt + (life.pick(HOUR, -HOUR, DAY, 30 * MINUTE) ?? DAY);
      const answer = life.pick('propose', 'agree', 'decline', 'withdraw');
      if (answer === 'propose')
        life.give({ type: 'ProposeReschedule', data: { bookingId, proposalId, by, startsAt: to } });
      else if (answer === 'withdraw') life.give({ type: 'WithdrawReschedule', data: { bookingId, proposalId, by } });
      else life.give({ type: 'AnswerReschedule', data: { bookingId, proposalId, by, agree: answer === 'agree' } });
      return;
    }
    default: {
      // Whoever has not paid yet mostly does so within the ten minutes.
      if (lessonId === null && life.chance(0.9)) {
        life.now += MINUTE / 4;
        return;
      }
      // Often to where something is: the lesson, or what a timer waits for.
      const until = life.pick(startsAt - life.now, startsAt - life.now, (life.nextTimerAt() ?? 0) - life.now) ?? 0;
      const jump = until > 0 && life.chance(0.4) ? until : (life.pick(MINUTE, 20 * MINUTE, 5 * HOUR, DAY) ?? MINUTE);
      // Nobody sleeps through every lesson.
      const passes = life.now < startsAt && life.now + jump > startsAt && lessonId !== null && life.chance(0.9);
      life.now = passes ? startsAt : life.now + jump;
    }
  }
}

/** The payer's bank opens its one case, or goes on with it. */
function bank(life: Simulation): void {
  const { provider } = life;
  const paid = provider.attempts.find((attempt) => attempt.status === 'captured');
  if (!provider.bank) {
    if (!paid || !life.chance(0.15)) return;
    provider.bank = {
      paymentId: paid.paymentId,
      amount: life.pick(paid.amount, paid.amount, 100) ?? 100,
      status: 'open',
    };
  } else if (provider.bank.status === 'open' || provider.bank.status === 'under_review')
    provider.bank.status = life.pick('open', 'under_review', 'won', 'lost') ?? 'open';
  life.give(provider.bankSays(BOOKING, provider.bank, life.now));
}

/** Both, one of them or neither, for all of it or for a part. */
function teach(life: Simulation, lessonId: string): void {
  const began = life.now;
  for (const personId of life.pick([TUTOR, STUDENT], [TUTOR, STUDENT], [TUTOR], [STUDENT]) ?? []) {
    const role = personId === TUTOR ? ('host' as const) : ('participant' as const);
    const connectionId = `${personId} ${began}`;
    life.give({ type: 'JoinLesson', data: { lessonId, personId, role, connectionId } });
    for (const direction of ['sent', 'received'] as const)
      life.give({ type: 'StartMedia', data: { lessonId, personId, connectionId, direction, at: began } });
  }
  life.now += life.pick(10 * MINUTE, 40 * MINUTE, HOUR) ?? HOUR;
  life.give({ type: 'EndLesson', data: { lessonId, by: 'host', policy: POLICY_2026_11 } });
}

function bookingOf(facts: readonly Fact[]): { startsAt: number; lessonId: string | null; price: number } {
  let startsAt = STARTS_AT;
  let lessonId: string | null = null;
  let price = 0;
  for (const fact of facts) {
    if (fact.type === 'BookingRequested') ({ startsAt, price } = fact.data);
    if (fact.type === 'LessonScheduled') lessonId = fact.data.lessonId;
    if (fact.type === 'BookingRescheduled') startsAt = fact.data.startsAt;
  }
  return { startsAt, lessonId, price };
}

const STEPS = 220;
/** Timers of a life reach far; after so many nothing new comes. */
const ENDINGS = 600;

/** Lives one payment's life to its end. The same seed is the same life. */
export function live(seed: number): Life {
  const random = randomFrom(seed);
  const life = new Simulation(random);
  begin(life, [80_000, 10_101, 33_333, 112, 999_999][life.between(0, 4)] ?? 80_000);
  for (let step = 0; step < STEPS && life.violations.length === 0; step += 1) {
    const dice = random();
    if (dice < 0.5) life.follow();
    else if (dice < 0.7) life.call();
    else if (dice < 0.8) life.fire();
    else act(life);
  }
  end(life);
  const { captured, surplus, refundsDone, lifted, bankTook, reversed, share } = life.checks.seen;
  const paid = captured + surplus;
  const back = refundsDone + bankTook;
  const held = life.checks.balance((account) =>
    /^(escrow:|dispute:reserve|refund:in_flight|platform:commission:pending)|payable:held$/.test(account),
  );
  if (life.violations.length === 0 && held !== 0)
    life.violations.push(
      `${-held} paise were still open at the end (share ${share}, reversed ${reversed}, lifted ${lifted})`,
    );
  return {
    seed,
    facts: life.domain.facts,
    violations: life.violations,
    money: { paid, back, tutor: lifted, open: -held },
  };
}

/** Everything that waits happens; what waits for people is decided by them. */
function end(life: Simulation): void {
  for (let turn = 0; turn < ENDINGS && life.violations.length === 0; turn += 1) {
    while (life.violations.length === 0 && (life.follow() || life.call(true) || life.fire()));
    // Every payment there was is seen in the end: the reconciler reads them.
    for (const attempt of life.provider.attempts) life.give(life.provider.observation(BOOKING, attempt));
    const { bank: open } = life.provider;
    if (open) {
      if (open.status !== 'won') open.status = 'lost';
      life.give(life.provider.bankSays(BOOKING, open, life.now));
    }
    if (!life.quiet()) continue;
    const { price } = bookingOf(life.domain.facts);
    const proposalId = `last ${turn}`;
    const decided = life.give({
      type: 'ProposeResolution',
      data: { bookingId: BOOKING, proposalId, refund: price, reason: 'At last.', by: 'ops', secondPersonAbove: 50_000 },
    });
    if (decided === null && life.quiet())
      life.give({ type: 'ApproveResolution', data: { bookingId: BOOKING, proposalId, by: 'ops2' } });
    const awaiting = life.domain.facts.findLast((fact) => fact.type === 'ResolutionProposed');
    if (awaiting?.type === 'ResolutionProposed')
      life.give({
        type: 'ApproveResolution',
        data: { bookingId: BOOKING, proposalId: awaiting.data.proposalId, by: 'ops3' },
      });
    if (!life.quiet()) continue;
    const next = life.nextTimerAt();
    if (next === null) return;
    life.now = Math.max(life.now + 1, next);
  }
}
