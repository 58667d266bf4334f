/**
 * The life of one payment, whole and without a world around it: the real deciders and processes, a provider that loses
 * answers, a clock that jumps, people who do what they please. One number decides everything that happens.
 */
import type { Fact } from '../fact.ts';
import { accountIs, act, begin, BOOKING, bookingOf, goesToLesson } from './acts.ts';
import { randomOf } from '#platform/random/seeded.ts';
import { Simulation } from './engine.ts';

export interface Life {
  readonly seed: number;
  readonly facts: readonly Fact[];
  readonly violations: readonly string[];
  /** Where the money ended, paise. `open` is what nobody has yet. */
  readonly money: { readonly paid: number; readonly back: number; readonly tutor: number; readonly open: number };
}

const STEPS = 220;
/** Timers of a life reach far; after so many nothing new comes. */
const ENDINGS = 600;

/** Lives one payment's life to its end. The same seed is the same life. */
export function live(seed: number): Life {
  const random = randomOf(seed);
  const life = new Simulation(random);
  begin(life, [80_000, 10_101, 33_333, 112, 999_999][life.between(0, 4)] ?? 80_000);
  for (let step = 0; step < STEPS && life.violations.length === 0; step += 1) {
    const dice = random();
    if (dice < 0.5) for (let more = life.between(1, 16); more > 0 && life.follow(); more -= 1);
    else if (dice < 0.7) life.call();
    else if (dice < 0.8) life.fire();
    else act(life);
  }
  end(life);
  if (life.violations.length === 0) life.violations.push(...life.checks.atTheEnd());
  const { captured, surplus, refundsDone, lifted, bankTook } = life.checks.seen;
  const paid = captured + surplus;
  const back = refundsDone + bankTook;
  return {
    seed,
    facts: life.domain.facts,
    violations: life.violations,
    money: { paid, back, tutor: lifted, open: life.checks.open },
  };
}

/** Everything that waits happens; what waits for people is decided by them. */
function end(life: Simulation): void {
  for (let turn = 0; turn < ENDINGS && life.violations.length === 0; turn += 1) {
    while (life.violations.length === 0 && (life.follow() || life.call(turn > 9) || life.fire()));
    // Every payment there was is seen in the end: the reconciler reads them.
    for (const attempt of life.provider.attempts) life.give(life.provider.observation(BOOKING, attempt));
    for (const one of life.provider.cases) {
      if (one.status !== 'won') one.status = 'lost';
      life.give(life.provider.bankSays(BOOKING, one, life.now));
    }
    life.give(accountIs('activated'));
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
    if (goesToLesson(life)) continue;
    const next = life.nextTimerAt();
    if (next === null) return;
    life.now = Math.max(life.now + 1, next);
  }
}
