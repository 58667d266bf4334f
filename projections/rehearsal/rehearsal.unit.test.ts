/** The rehearsal beside simulated lives of payments: with the rule that was in force it finds no difference at all. */
import { describe, expect, it } from 'vitest';
import type { Fact } from '../fact.ts';
import { live, type Life } from '../simulation/life.ts';
import { rehearse, type Rehearsed } from './compare.ts';
import { Pasts } from './past.ts';

const LIVES = 1_500;
const first = Number(process.env['SIMULATION_SEED'] ?? 1);
/** Lives that once broke a rule of money are the strangest ones there are. */
const STRANGE = [64, 75, 318, 445, 454, 1425, 1870, 5810, 6077, 8408, 10932, 34372, 89821];
const SEEDS = [...STRANGE, ...Array.from({ length: LIVES }, (_, index) => first + index)];

/** Lives decide complaints under a lower limit for one person than the policy that their bookings carry. */
const LIMIT_OF_LIVES = 50_000;

function rehearsedLife(facts: readonly Fact[], secondPersonAbove = LIMIT_OF_LIVES): readonly Rehearsed[] {
  const pasts = new Pasts();
  for (const fact of facts) pasts.take(fact);
  return [...pasts.cases()].flatMap((past) => rehearse(past, (id) => pasts.lesson(id), { secondPersonAbove }) ?? []);
}

describe('a rehearsal of simulated lives', () => {
  it(`[RH4] under their own rule nothing differs in ${SEEDS.length} lives`, { timeout: 120_000 }, () => {
    const wrong: string[] = [];
    for (const seed of SEEDS) {
      const { facts } = live(seed);
      const all = rehearsedLife(facts);
      expect(all).toHaveLength(1);
      for (const one of all)
        if (one.differences.length > 0)
          wrong.push(`${seed}: ${one.differences.join()} ${JSON.stringify([one.was, one.would])}`);
    }
    expect(wrong.slice(0, 5), `${wrong.length} lives`).toEqual([]);
  });

  it('[RH11] what it reckons is what people got, once a life is through', { timeout: 120_000 }, () => {
    const wrong: string[] = [];
    for (const seed of SEEDS) {
      const life: Life = live(seed);
      const [one] = rehearsedLife(life.facts);
      const got = cash(life.facts);
      const { parts } = one?.was ?? {};
      if (!parts || parts.undecided > 0) continue;
      if (parts.student !== got.student || parts.tutor !== got.tutor)
        wrong.push(`${seed}: ${JSON.stringify([parts, got, one?.notes, one?.was.ending, one?.was.dispute])}`);
    }
    expect(wrong.slice(0, 8), `${wrong.length} lives`).toEqual([]);
  });
});

/** Paise that really moved: the booking's own payment, not what was paid too much. */
function cash(facts: readonly Fact[]): { student: number; tutor: number } {
  const own = facts.find((fact) => fact.type === 'PaymentCaptured');
  const confirmed = facts.some((fact) => fact.type === 'BookingConfirmed');
  if (own?.type !== 'PaymentCaptured' || !confirmed) return { student: 0, tutor: 0 };
  const { providerPaymentId } = own.data;
  const ours = new Set<string>();
  let [student, tutor] = [0, 0];
  for (const fact of facts) {
    if (fact.type === 'RefundRequested' && fact.data.providerPaymentId === providerPaymentId)
      ours.add(fact.data.refundId);
    if (fact.type === 'RefundProcessed' && ours.has(fact.data.refundId)) student += fact.data.amount;
    if (fact.type === 'RefundsUnfrozen' && fact.data.providerPaymentId === providerPaymentId) student += fact.data.lost;
    if (fact.type === 'HoldLifted') tutor += fact.data.amount;
    if (fact.type === 'ClawbackRecorded') tutor -= fact.data.amount;
  }
  return { student, tutor };
}
