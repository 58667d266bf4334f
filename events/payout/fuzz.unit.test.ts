import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isRefusal } from '../shared/refusal.ts';
import { HOUR, MINUTE } from '../shared/times.ts';
import { decide, type PayoutCommand } from './decide.ts';
import { reversalFor } from './dispute.ts';
import { evolve, initial, reversedOf, type PayoutState } from './events.ts';
import {
  arrived,
  cancel,
  clawback,
  close,
  dispute,
  endsAt,
  fail,
  lift,
  opensAt,
  pause,
  plan,
  release,
  resume,
  reversalFailed,
  reverse,
  reversed,
  review,
  settle,
  startHold,
  t0,
  transfer,
} from './examples.ts';

const SHARE = 72_000;
const GROSS = 80_000;

const operation = fc.constantFrom('op1', 'op2', 'op3', 'd-rev');
const paise = fc.constantFrom(1, 101, 36_000, 71_999, SHARE);

const closing = fc
  .tuple(fc.constantFrom(0, 1, 101, 40_000, 79_999, GROSS), fc.constantFrom(0, 36_000), fc.constantFrom('d1', 'r1'))
  .map(([refund, taken, id]) => {
    const outcome = refund === GROSS ? 'student' : refund === 0 ? 'tutor' : 'split';
    return close(outcome, refund, reversalFor({ gross: GROSS, share: SHARE }, refund, taken), id);
  });

const command: fc.Arbitrary<PayoutCommand> = fc.oneof(
  { weight: 4, arbitrary: operation.map(transfer) },
  {
    weight: 8,
    arbitrary: fc.constantFrom(arrived(), arrived('trf_2'), fail, startHold(), startHold(t0 + MINUTE), settle()),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(endsAt - 1, endsAt, endsAt + HOUR), operation)
      .map(([at, id]) => release(at, id)),
  },
  {
    weight: 6,
    arbitrary: fc.oneof(
      paise.map((value) => lift(SHARE - value)),
      fc.constant(lift()),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(operation, paise).map(([id, value]) => reverse(id, value)) },
  { weight: 4, arbitrary: fc.tuple(operation, fc.constantFrom(36_000, SHARE)).map(([id, v]) => reversed(id, v)) },
  { weight: 1, arbitrary: operation.map(reversalFailed) },
  { weight: 1, arbitrary: fc.constantFrom(opensAt - 1, t0, endsAt - 1, endsAt).map((at) => dispute(at)) },
  { weight: 1, arbitrary: fc.constantFrom(review(), close('withdrawn', 0, 0), resume, pause(), pause(endsAt + 1)) },
  { weight: 4, arbitrary: fc.oneof(closing, fc.constant(resume)) },
  { weight: 1, arbitrary: fc.constantFrom(clawback(101), clawback(SHARE, 'disp_2')) },
);

/** What must hold of every step, whatever came before. */
function watch() {
  let lifted = 0;
  let releases = 0;
  let disputes = 0;
  const seen = new Set<string>();
  const step = (state: PayoutState, next: PayoutCommand): PayoutState => {
    const decision = decide(next, state);
    if (isRefusal(decision)) return state;
    const before = state;
    let after = state;
    for (const event of decision) {
      seen.add(event.type);
      if (event.type === 'ReleaseAuthorized') {
        releases += 1;
        expect(before.kind === 'hold-running' && next.now >= before.hold.endsAt, 'after the hold').toBe(true);
        if (before.kind !== 'hold-running') continue;
        expect(before.owed, 'nothing owed').toBe(0);
        const standing = before.pauses.filter(({ until }) => until === null || until > next.now);
        expect(standing, 'no pause').toEqual([]);
      }
      if (event.type === 'PayoutDisputed' && event.data.kind === 'in-app') disputes += 1;
      if (event.type === 'HoldLifted') lifted += event.data.amount;
      after = evolve(after, event);
    }
    const whole = after.kind === 'disputed' ? after.from : after;
    const taken = 'reversals' in whole ? reversedOf(whole) : 0;
    expect(taken + lifted).toBeLessThanOrEqual(SHARE);
    expect(releases).toBeLessThanOrEqual(1);
    expect(disputes).toBeLessThanOrEqual(1);
    if (after.kind === 'released' || after.kind === 'settled') {
      expect(taken + lifted).toBe(SHARE);
      const owed = after.clawbacks.reduce((total, { amount }) => total + amount, 0);
      expect(owed).toBeLessThanOrEqual(lifted);
    }
    if (after.kind === 'cancelled') expect(taken + lifted).toBe(0);
    return after;
  };
  return { step, seen };
}

it('PO9–PO35: whatever comes, per paisa one outcome, one release after the hold, none with an open dispute, pause or debt', () => {
  const all = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 80, arbitrary: command }, { weight: 1, arbitrary: fc.constant(cancel) }), {
        minLength: 40,
        maxLength: 140,
        size: 'max',
      }),
      (commands) => {
        const { step, seen } = watch();
        let state: PayoutState = initial;
        for (const next of [plan(), ...commands]) state = step(state, next);
        for (const type of seen) all.add(type);
      },
    ),
    { seed: 20261121, numRuns: 800 },
  );
  // The fuzz went everywhere, so the invariants were really tried.
  expect(all.size).toBe(17);
});
