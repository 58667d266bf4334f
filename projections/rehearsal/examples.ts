/** Hand-made bookings for tests: the real deciders and processes, a provider that always answers, people who follow a script. */
import { disputeIdOf } from '#events/dispute/events.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { HOUR, MINUTE } from '#events/shared/times.ts';
import type { Fact } from '../fact.ts';
import type { Intent } from '../processes/process.ts';
import { begin, BOOKING, bookingOf } from '../simulation/acts.ts';
import { Simulation } from '../simulation/engine.ts';

/** The same choice every time: nothing happens twice, nobody's answer is lost. */
const ALWAYS = 0.99;

/** One booking of 60 minutes, paid at once, three days before its lesson. */
export class Booked {
  readonly #life = new Simulation(() => ALWAYS);

  /** @param price paise. */
  constructor(price = 80_000) {
    begin(this.#life, price);
    this.#run();
    this.#life.provider.pay('captured', price);
    for (const attempt of this.#life.provider.attempts) this.give(this.#life.provider.observation(BOOKING, attempt));
  }

  get facts(): readonly Fact[] {
    return this.#life.domain.facts;
  }

  /** Business ms. */
  get startsAt(): number {
    return bookingOf(this.facts).startsAt;
  }

  /** Everything that was due by then has happened. */
  at(instant: number): this {
    for (;;) {
      const next = this.#life.nextTimerAt();
      if (next === null || next > instant) break;
      this.#life.now = Math.max(this.#life.now, next);
      this.#run();
    }
    this.#life.now = Math.max(this.#life.now, instant);
    this.#run();
    return this;
  }

  /** @param minute from the lesson's start. */
  minute(minute: number): this {
    return this.at(this.startsAt + minute * MINUTE);
  }

  hour(hour: number): this {
    return this.at(this.startsAt + hour * HOUR);
  }

  give(intent: Intent): this {
    const refused = this.#life.give(intent);
    if (refused !== null) throw new Error(`${intent.type} was refused: ${refused}`);
    this.#run();
    return this;
  }

  comes(...people: readonly ('tutor' | 'student')[]): this {
    for (const personId of people) {
      const role = personId === 'tutor' ? ('host' as const) : ('participant' as const);
      const at = { lessonId: this.#lessonId, personId, connectionId: personId };
      this.give({ type: 'JoinLesson', data: { ...at, role } });
      for (const direction of ['sent', 'received'] as const)
        this.give({ type: 'StartMedia', data: { ...at, direction, at: this.#life.now } });
    }
    return this;
  }

  leaves(personId: 'tutor' | 'student'): this {
    const data = {
      lessonId: this.#lessonId,
      personId,
      connectionId: personId,
      at: this.#life.now,
      reason: 'left',
    } as const;
    return this.give({ type: 'LeaveLesson', data });
  }

  ends(): this {
    return this.give({ type: 'EndLesson', data: { lessonId: this.#lessonId, by: 'host', policy: POLICY_2026_11 } });
  }

  /** Both come at the start and stay for so long. */
  taught(minutes = 60): this {
    return this.minute(0).comes('tutor', 'student').minute(minutes).ends();
  }

  cancels(): this {
    return this.give({ type: 'CancelBooking', data: { bookingId: BOOKING, by: 'student', reason: '' } });
  }

  complains(): this {
    const opensAt = this.startsAt + POLICY_2026_11.disputeOpensAfterStartMs;
    const who = { bookingId: BOOKING, disputeId: disputeIdOf(BOOKING), kind: 'in-app', openedBy: 'student' } as const;
    return this.give({ type: 'DisputePayout', data: { ...who, cause: 'cut-short', text: '', wants: null, opensAt } });
  }

  /** The tutor answers where they are asked to, and one of ops decides. @param refund paise. */
  decided(refund: number): this {
    const open = this.facts.findLast((fact) => fact.type === 'DisputeOpened');
    if (open?.type === 'DisputeOpened' && open.data.kind === 'in-app')
      this.give({ type: 'AnswerDispute', data: { bookingId: BOOKING, by: 'tutor', text: 'It was not.' } });
    const { secondPersonAbove } = POLICY_2026_11;
    const data = { bookingId: BOOKING, proposalId: 'p', refund, reason: 'So it was.', by: 'ops', secondPersonAbove };
    return this.give({ type: 'ProposeResolution', data });
  }

  get #lessonId(): string {
    const { lessonId } = bookingOf(this.facts);
    if (lessonId === null) throw new Error('There is no lesson yet.');
    return lessonId;
  }

  #run(): void {
    while (this.#life.follow() || this.#life.call(true) || this.#life.fire());
    const [wrong] = this.#life.violations;
    if (wrong !== undefined) throw new Error(wrong);
  }
}
