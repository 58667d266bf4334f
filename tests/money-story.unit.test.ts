/** “Where the money is” beside the books, in simulated lives of payments: the two are written from the same facts apart. */
import { describe, expect, it } from 'vitest';
import { placesFor, moneyStory } from '#app/lib/money-story/story.ts';
import { follow, NOTHING, PLACES, type Money } from '#app/lib/money-story/fold.ts';
import { messagesIn } from '#app/lib/messages/index.ts';
import type { Fact } from '#projections/fact.ts';
import { moneyTerms, type Posted } from '#projections/ledger/chart.ts';
import { ledger } from '#projections/ledger/project.ts';
import type { TimelineLane, TimelineRow } from '#projections/queries.ts';
import { Unit } from '#projections/runner/rows.ts';
import { live } from '#projections/simulation/life.ts';

const LIVES = 1_500;
const first = Number(process.env['SIMULATION_SEED'] ?? 1);
/** Lives that once broke the books are the strangest ones there are. */
const STRANGE = [64, 75, 318, 445, 454, 1425, 1870, 5810, 6077, 8408, 10932, 34372, 89821];
const SEEDS = [...STRANGE, ...Array.from({ length: LIVES }, (_, index) => first + index)];

const LANES: ReadonlySet<string> = new Set<TimelineLane>([
  'booking',
  'calendar',
  'payment',
  'payout',
  'lesson',
  'dispute',
  'chargeback',
  'tutor',
]);
const isLane = (category: string): category is TimelineLane => LANES.has(category);

function rowsOf(facts: readonly Fact[]): readonly TimelineRow[] {
  return facts.flatMap((fact) => {
    if (!isLane(fact.category)) return [];
    return [
      {
        position: fact.position,
        eventId: fact.id,
        stream: fact.stream,
        revision: fact.revision,
        lane: fact.category,
        type: fact.type,
        data: { ...fact.data },
        actor: fact.meta.actor,
        actorName: null,
        occurredAt: fact.meta.occurredAt,
        recordedAt: fact.recordedAt,
        correlationId: fact.meta.correlationId,
        chain: fact.chain,
      },
    ];
  });
}

/** The books of one booking, entry by entry. */
class Books {
  readonly #rows = new Unit(() => null);
  #ordinal = 0;

  take(fact: Fact): void {
    ledger.project(fact, this.#rows, (this.#ordinal += 1));
  }

  get entries(): readonly Posted[] {
    for (const [table, rows] of this.#rows.added)
      if (table.name === 'ledger_entry')
        return rows.map((row) => ({
          class: String(row['class']),
          type: String(row['type']),
          amount: Number(row['amount']),
        }));
    return [];
  }

  balance(classes: readonly string[], type?: string): number {
    return this.entries
      .filter((entry) => classes.includes(entry.class) && (type === undefined || entry.type === type))
      .reduce((sum, { amount }) => sum + amount, 0);
  }
}

/** The same places, as the books have them. */
function placesInBooks(books: Books): Money['places'] {
  const refunding = 0 - books.balance(['refund:in_flight']);
  return {
    // Our balance at the provider, before what the provider keeps for itself.
    us: books.balance(['psp:balance', 'expense:psp_fee', 'expense:route_fee', 'gst:input']) - refunding,
    refunding,
    held: books.balance(['psp:linked:held']),
    settling: books.balance(['psp:linked:settling']),
    tutor: books.balance(['tutor:payable:released'], 'TransferSettled'),
    payer: moneyTerms(books.entries).returned,
  };
}

const sumOf = (places: Money['places']): number => PLACES.reduce((sum, name) => sum + places[name], 0);

const CONTEXT = {
  viewerId: null,
  tutorId: 'tutor',
  tutorName: 'Meera',
  studentId: 'student',
  studentName: 'Asha',
  zone: 'Asia/Kolkata',
} as const;

describe('the places of a booking’s money', () => {
  it(`[MS1] add up to what came in after every event of ${SEEDS.length} lives`, () => {
    let moves = 0;
    for (const seed of SEEDS) {
      let money = NOTHING;
      for (const row of rowsOf(live(seed).facts)) {
        money = follow(money, row);
        if (sumOf(money.places) !== money.cameIn) throw new Error(`seed ${seed}, ${row.type}: not the sum`);
        const below = PLACES.find((name) => name !== 'us' && money.places[name] < 0);
        if (below) throw new Error(`seed ${seed}, ${row.type}: ${below} is below zero`);
        moves += 1;
      }
    }
    expect(moves).toBeGreaterThan(SEEDS.length * 20);
  });

  it(`[MS2] are those of the books at the end of ${SEEDS.length} lives, and in between`, () => {
    const seen = { refunding: 0, held: 0, payer: 0, settling: 0, lost: 0 };
    for (const [index, seed] of SEEDS.entries()) {
      const books = new Books();
      let money = NOTHING;
      const { facts } = live(seed);
      const between = facts.length - 1 - (index % 7) * 3;
      for (const [at, fact] of facts.entries()) {
        books.take(fact);
        for (const row of rowsOf([fact])) money = follow(money, row);
        if (at !== facts.length - 1 && at !== between) continue;
        expect(money.places, `seed ${seed} after ${fact.type}`).toEqual(placesInBooks(books));
        expect(money.cameIn, `seed ${seed}`).toBe(moneyTerms(books.entries).gross);
        if (money.places.refunding > 0) seen.refunding += 1;
        if (money.places.payer > 0) seen.payer += 1;
        if (money.places.held > 0) seen.held += 1;
        if (money.places.settling > 0) seen.settling += 1;
        if (money.places.us < 0) seen.lost += 1;
      }
    }
    // Lives in which nothing happens would prove nothing.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(2);
  });

  it('[MS3] are for each reader the whole of what is theirs: what came in, or the tutor’s share', () => {
    const words = messagesIn('en');
    for (const seed of SEEDS.slice(0, 400)) {
      const rows = rowsOf(live(seed).facts);
      const money = rows.reduce(follow, NOTHING);
      const now = (rows.at(-1)?.occurredAt ?? 0) + 1;
      for (const reader of ['student', 'tutor', 'ops'] as const) {
        const context = { ...CONTEXT, reader };
        const whole = reader === 'tutor' ? (money.share ?? 0) : money.cameIn;
        const sum = placesFor(money, context).reduce((total, { paise }) => total + paise, 0);
        expect(sum, `seed ${seed} for ${reader}`).toBe(whole);
        const story = moneyStory({ rows, shown: rows }, context, now, words);
        expect(story.answer, `seed ${seed} for ${reader}`).toMatch(/^[A-Z₹].*\.$/);
        expect(story.answer).not.toMatch(/undefined|null|NaN|\[object/);
      }
    }
  });
});
