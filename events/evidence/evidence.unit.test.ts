import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '../handling/registry.ts';
import { HOUR, MINUTE } from '../shared/times.ts';
import { canonicalJson } from '../store/canonical.ts';
import { evidenceOf, NOTHING_EARLIER, type Evidence } from './evidence.ts';
import { at, historyOf, PRICE, whole, type Person, type Stay, type Story } from './examples.ts';
import { MOST_EVENTS } from './findings.ts';
import type { Cause } from './minutes.ts';
import { priceOfMinutes } from './verdict.ts';

const NOW = at(200);

function evidence(story: Story, now = NOW): Evidence {
  const made = evidenceOf(historyOf(story), NOTHING_EARLIER, now);
  if (!made) throw new Error('no evidence');
  return made;
}
const verdict = (story: Story) => evidence(story).verdict;
const spent = (story: Story): Partial<Record<Cause, number>> => {
  const sums: Partial<Record<Cause, number>> = {};
  for (const { cause, from, to } of evidence(story).minutes.stretches)
    sums[cause] = (sums[cause] ?? 0) + (to - from) / MINUTE;
  return sums;
};

describe('where the minutes went', () => {
  it('EV3: a lesson as booked is held from start to end', () =>
    expect(evidence({}).minutes).toMatchObject({
      stretches: [{ from: at(0), to: at(60), cause: 'held' }],
      heldMs: HOUR,
      overrunMs: 0,
      lostMs: { tutor: 0, student: 0, ours: 0, nobody: 0 },
    }));

  it.each<[string, Story, Partial<Record<Cause, number>>]>([
    ['the tutor comes late', { tutor: { here: [[20, 60]] } }, { 'tutor-absent': 20, held: 40 }],
    ['the student comes late', { student: { here: [[12, 60]] } }, { 'student-absent': 12, held: 48 }],
    [
      'neither is there: who went first',
      { tutor: { here: [[0, 30]] }, student: { here: [[0, 35]] } },
      { held: 30, 'tutor-absent': 30 },
    ],
    [
      'the tutor waits for a while, and goes',
      { tutor: { here: [[0, 20]] }, student: {}, ended: 75 },
      { 'student-absent': 60 },
    ],
    ['nobody comes', { tutor: {}, student: {}, ended: 15 }, { 'tutor-absent': 60 }],
    [
      'our node loses the student',
      {
        student: {
          here: [
            [0, 20, 'node-lost'],
            [50, 60],
          ],
        },
      },
      { held: 30, 'our-servers': 30 },
    ],
    ['a firewall at the student', { student: { here: [[0, 60]], media: [] } }, { 'student-without-media': 60 }],
    [
      'a firewall at the tutor, who hears the student',
      { tutor: { here: [[0, 60]], media: [] }, student: { here: [[0, 60]], media: [[0, 60]] } },
      { 'tutor-without-media': 60 },
    ],
    [
      'no media for anybody',
      { tutor: { here: [[0, 60]], media: [] }, student: { here: [[0, 60]], media: [] } },
      { 'no-media-at-all': 60 },
    ],
    [
      'the student’s weak network',
      { student: { here: [[0, 60]], media: [[0, 20]], weak: [[20, 60]] } },
      { held: 20, 'student-network': 40 },
    ],
    [
      'a weak network that all share',
      { student: { here: [[0, 60]], media: [[0, 20]], weak: [[20, 60, 'shared']] } },
      { held: 20, 'shared-network': 40 },
    ],
    [
      'a microphone without sound',
      { tutor: { here: [[0, 60]], silent: [[10, 30]] } },
      { held: 40, 'tutor-microphone': 20 },
    ],
    [
      'a microphone without sound, and ink on the board',
      { tutor: { here: [[0, 60]], silent: [[10, 12]], work: [10, 11] } },
      { held: 60 },
    ],
    [
      'the student stands at the door',
      { student: { here: [[40, 60]] }, asked: [[2, 40]] },
      { 'student-absent': 2, 'student-kept-out': 38, held: 20 },
    ],
    [
      'the host ends early',
      { tutor: { here: [[0, 40, 'lesson-ended']] }, student: { here: [[0, 40, 'lesson-ended']] }, ended: 40 },
      { held: 40, 'ended-early': 20 },
    ],
    [
      'the student leaves, then the host ends',
      { tutor: { here: [[0, 42, 'lesson-ended']] }, student: { here: [[0, 40]] }, ended: 42 },
      { held: 40, 'student-absent': 2, 'parted-early': 18 },
    ],
    [
      'the student drops, and the host ends at once',
      { tutor: { here: [[0, 42, 'lesson-ended']] }, student: { here: [[0, 40, 'disconnected']] }, ended: 42 },
      { held: 40, 'student-absent': 2, 'ended-early': 18 },
    ],
    [
      'the student leaves, and the host ends after the wait',
      { tutor: { here: [[0, 45, 'lesson-ended']] }, student: { here: [[0, 30]] }, ended: 45 },
      { held: 30, 'student-absent': 30 },
    ],
    [
      'the host ends before the student’s time to come is over',
      { tutor: { here: [[0, 5, 'lesson-ended']] }, student: {}, ended: 5 },
      { 'student-absent': 5, 'ended-early': 55 },
    ],
    [
      'the host turns the student away, and ends it',
      { tutor: { here: [[0, 16, 'lesson-ended']] }, student: {}, asked: [[0, 16]], ended: 16 },
      { 'student-kept-out': 60 },
    ],
    [
      'our node loses the student, and the tutor ends it',
      { tutor: { here: [[0, 20, 'lesson-ended']] }, student: { here: [[0, 5, 'node-lost']] }, ended: 20 },
      { held: 5, 'our-servers': 55 },
    ],
    [
      'the tutor writes on the board alone, and the student looks on',
      {
        tutor: { here: [[0, 60]], media: [], work: Array.from({ length: 60 }, (_, minute) => minute) },
        student: { here: [[0, 60]], media: [] },
      },
      { held: 60 },
    ],
    [
      'strokes with pauses of four minutes',
      {
        tutor: { here: [[0, 60]], media: [], work: Array.from({ length: 12 }, (_, n) => n * 5) },
        student: { here: [[0, 60]], media: [] },
      },
      { held: 56, 'no-media-at-all': 4 },
    ],
    [
      'the tutor’s weak network, while the student is there',
      { tutor: { here: [[0, 60]], weak: [[20, 60]] }, student: { here: [[0, 60]], media: [[0, 20]] } },
      { held: 20, 'tutor-network': 40 },
    ],
  ])('EV4: %s', (_, story, minutes) => expect(spent(story)).toEqual(minutes));

  it('EV4: what is still to come is lost by nobody', () =>
    expect(
      evidence({ ended: null, tutor: { here: [] }, student: { here: [[0, 60]] } }, at(20)).minutes.stretches,
    ).toEqual([
      { from: at(0), to: at(20), cause: 'tutor-absent' },
      { from: at(20), to: at(60), cause: 'to-come' },
    ]));

  it('EV5: whatever happened, the stretches follow each other without gaps and add up to what was booked', () => {
    const stay = fc
      .tuple(
        fc.integer({ min: -15, max: 74 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('left', 'disconnected', 'node-lost'),
      )
      .map(([from, length, reason]): Stay => [
        from,
        Math.min(75, from + length),
        reason as 'left' | 'disconnected' | 'node-lost',
      ]);
    const span = fc
      .tuple(fc.integer({ min: -15, max: 74 }), fc.integer({ min: 1, max: 60 }))
      .map(([from, length]) => [from, Math.min(75, from + length)] as const);
    const person: fc.Arbitrary<Person> = fc.record({
      here: fc.array(stay, { maxLength: 3 }),
      media: fc.array(span, { maxLength: 3 }),
      work: fc.array(fc.integer({ min: 0, max: 70 }), { maxLength: 4 }),
      weak: fc.array(span, { maxLength: 2 }),
      silent: fc.array(span, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(
        person,
        person,
        fc.array(span, { maxLength: 2 }),
        fc.integer({ min: 5, max: 75 }),
        (tutor, student, asked, ended) => {
          const { stretches, lostMs, endsAt } = evidence({ tutor, student, asked, ended, claim: 'cut-short' }).minutes;
          expect(stretches[0]?.from).toBe(at(0));
          stretches.forEach(({ from, to }, index) => {
            expect(to).toBeGreaterThan(from);
            expect(stretches[index + 1]?.from ?? endsAt).toBe(to);
          });
          const held = stretches
            .filter(({ cause }) => cause === 'held')
            .reduce((sum, { from, to }) => sum + to - from, 0);
          expect(held + lostMs.tutor + lostMs.student + lostMs.ours + lostMs.nobody).toBe(HOUR);
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe('what the facts speak for', () => {
  const claims = ['did-not-happen', 'technical-failure', 'cut-short'] as const;

  it.each(claims)('EV9: a lesson that was held whole gives nothing back (%s)', (claim) =>
    expect(verdict({ claim })).toMatchObject({ kind: 'proposed', strength: 'plain', refund: 0, reason: 'held-whole' }),
  );

  it('EV9: up to five minutes are no loss, a minute more is', () => {
    const late = (minutes: number) => verdict({ claim: 'cut-short', tutor: { here: [[minutes, 60]] } });
    expect(late(5)).toMatchObject({ refund: 0 });
    expect(late(6)).toMatchObject({ refund: 8_000, minutes: 6, reason: 'lost-by-tutor' });
  });

  it('EV6: what the tutor made up for after the end is not lost', () =>
    expect(
      verdict({ claim: 'cut-short', tutor: { here: [[12, 72]] }, student: { here: [[0, 72]] }, ended: 72 }),
    ).toMatchObject({
      refund: 0,
    }));

  it('EV9: the student’s own minutes are theirs', () =>
    expect(verdict({ claim: 'cut-short', student: { here: [[25, 60]] } })).toMatchObject({
      refund: 0,
      reason: 'held-mostly',
      strength: 'plain',
    }));

  it.each<[string, Story, number, string, string]>([
    ['EV7: the tutor never came', { tutor: {}, ended: 15 }, PRICE, 'no-lesson-without-tutor', 'plain'],
    ['EV7: the student never came', { student: {}, ended: 60 }, 0, 'tutor-waited-in-vain', 'plain'],
    [
      'EV11: our node took the student out for most of it',
      { student: { here: [[0, 10, 'node-lost']] } },
      PRICE,
      'lost-by-us',
      'plain',
    ],
    ['EV11: the tutor was there for the end alone', { tutor: { here: [[14, 20]] } }, PRICE, 'lost-by-tutor', 'plain'],
    [
      'EV11: a firewall at the student',
      { student: { here: [[0, 60]], media: [[0, 3]] } },
      0,
      'lost-by-student',
      'likely',
    ],
    [
      'EV12: nobody’s fault is plain',
      { tutor: { here: [[0, 60]], media: [] }, student: { here: [[0, 60]], media: [] } },
      PRICE,
      'nobody-plainly',
      'likely',
    ],
  ])('%s', (_, story, refund, reason, strength) =>
    expect(verdict({ ...story, claim: 'did-not-happen' })).toMatchObject({ refund, reason, strength }),
  );

  it('EV13: who asks for a part gets no more', () =>
    expect(verdict({ claim: 'cut-short', wants: 5_000, tutor: { here: [[20, 60]] } })).toMatchObject({
      refund: 5_000,
    }));

  it('EV7: before the end there is no verdict', () =>
    expect(
      evidence({ claim: 'did-not-happen', ended: null, tutor: {}, student: { here: [[0, 60]] } }, at(20)).verdict,
    ).toMatchObject({
      kind: 'open',
      why: 'lesson-not-over',
    }));

  it.each(['not-as-described', 'other'] as const)('EV8: %s is nothing that minutes can tell', (claim) =>
    expect(verdict({ claim })).toMatchObject({ kind: 'open', why: 'not-for-facts' }),
  );

  it('EV8: charged once, charged twice and returned, charged twice and kept', () => {
    const again = { bookingId: 'b1', providerPaymentId: 'pay_2', amount: PRICE, fee: 0, tax: 0 };
    const surplus = { type: 'SurplusPaymentDetected', data: again } as const;
    const back = {
      type: 'RefundRequested',
      data: { bookingId: 'b1', refundId: 'r2', providerPaymentId: 'pay_2', amount: PRICE, reason: 'surplus' },
    } as const;
    const claim = 'charged-wrongly';
    expect(verdict({ claim })).toMatchObject({ refund: 0, reason: 'paid-once' });
    expect(verdict({ claim, more: [surplus, back] })).toMatchObject({ refund: 0, reason: 'surplus-returned' });
    expect(verdict({ claim, more: [surplus] })).toMatchObject({ kind: 'open', why: 'surplus-kept' });
  });

  it('EV8: a second payment whose refund failed is still here', () => {
    const again = { bookingId: 'b1', providerPaymentId: 'pay_2', amount: PRICE, fee: 0, tax: 0 };
    const asked = { bookingId: 'b1', refundId: 'r2', providerPaymentId: 'pay_2', amount: PRICE, reason: 'surplus' };
    const more: readonly AnyEvent[] = [
      { type: 'SurplusPaymentDetected', data: again },
      { type: 'RefundRequested', data: asked },
      { type: 'RefundFailed', data: { bookingId: 'b1', refundId: 'r2', amount: PRICE, reason: 'bank' } },
    ];
    expect(verdict({ claim: 'charged-wrongly', more })).toMatchObject({ kind: 'open', why: 'surplus-kept' });
  });

  it('EV11: who heard nobody for the whole hour has not had a lesson', () => {
    const told = { lessonId: 'l1', by: null, personId: 's1', fault: 'hears-nobody' } as const;
    const deaf: AnyEvent = { type: 'MediaFaultNoticed', data: { ...told, at: at(0) } };
    expect(verdict({ claim: 'technical-failure', student: { here: [[0, 60]] }, before: [deaf] })).toMatchObject({
      refund: PRICE,
      reason: 'nobody-plainly',
      strength: 'likely',
    });
  });

  it('EV7: a report that was taken back rules nothing', () => {
    const back: AnyEvent = {
      type: 'DisputeWithdrawn',
      data: { bookingId: 'b1', disputeId: 'd1', by: 's1', at: at(95) },
    };
    const made = evidence({ claim: 'other', after: [back], tutor: { here: [[20, 60]] } });
    expect(made).toMatchObject({ claim: null, verdict: { refund: 26_667 } });
  });

  it('EV7: a lesson that nobody ended says so', () => {
    const story: Story = { claim: 'did-not-happen', ended: null };
    expect(evidence(story, at(80)).verdict).toMatchObject({ why: 'lesson-not-over' });
    expect(evidence(story, at(100)).verdict).toMatchObject({ why: 'never-ended' });
  });

  it('EV10: minutes have their price to the paisa, and all of them the whole price', () => {
    expect(priceOfMinutes(80_000, 20, 60)).toBe(26_667);
    expect(priceOfMinutes(80_000, 60, 60)).toBe(80_000);
    expect(priceOfMinutes(99, 1, 60)).toBe(2);
    expect(priceOfMinutes(80_000, 0, 60)).toBe(0);
  });
});

describe('findings', () => {
  it('EV2: each names its events, and these are in the history', () => {
    const story: Story = {
      claim: 'technical-failure',
      tutor: { here: [[3, 60]], silent: [[10, 20]] },
      student: {
        here: [
          [0, 20, 'disconnected'],
          [22, 60],
        ],
        weak: [[15, 40]],
        work: [5, 6],
      },
    };
    const history = historyOf(story);
    const ids = new Set(history.map(({ id }) => id));
    const { findings } = evidence(story);
    expect(findings.map(({ code }) => code)).toEqual([
      'minutes-held',
      'outcome',
      'lost-tutor-microphone',
      'lost-tutor-absent',
      'lost-student-absent',
      'tutor-late',
      'tutor-microphone-silent',
      'student-dropped',
      'student-weak',
      'student-worked',
      'paid',
    ]);
    for (const { events } of findings) for (const id of events) expect(ids).toContain(id);
    expect(findings.filter(({ code, events }) => events.length === 0 && code !== 'minutes-held')).toEqual([]);
  });

  it('EV2: who stood at the door has come', () => {
    const { findings } = evidence({ student: {}, asked: [[0, 16]], ended: 16 });
    expect(findings.map(({ code }) => code)).toContain('kept-out');
    expect(findings.map(({ code }) => code)).not.toContain('student-never-came');
  });

  it('EV2: many events are counted, not listed', () => {
    const work = Array.from({ length: 40 }, (_, minute) => minute);
    const worked = evidence({ student: { ...whole, work } }).findings.find(({ code }) => code === 'student-worked');
    expect(worked).toMatchObject({ figures: { board: 40, chat: 0 }, more: 40 - MOST_EVENTS });
    expect(worked?.events).toHaveLength(MOST_EVENTS);
  });

  it('EV2: a page out of sight is told apart, until its person leaves, and takes nothing from what was held', () => {
    const told = { lessonId: 'l1', by: 's1', personId: 's1' };
    const hidden: AnyEvent = { type: 'PageHidden', data: { ...told, at: at(20) } };
    const story: Story = { student: { here: [[0, 50]] }, more: [hidden] };
    const history = historyOf({ ...story, ended: null });
    const made = evidenceOf(history, NOTHING_EARLIER, at(60));
    expect(made?.findings.find(({ code }) => code === 'student-away')).toMatchObject({
      side: 'none',
      figures: { ms: 30 * MINUTE, times: 1 },
    });
    expect(made?.minutes.lostMs).toEqual({ tutor: 0, student: 10 * MINUTE, ours: 0, nobody: 0 });
  });

  it('EV2: a lesson as booked shows nothing against anybody', () =>
    expect(evidence({}).findings.filter(({ side }) => side !== 'none')).toEqual([]));

  it('EV2: who is still expected has not stayed away', () =>
    expect(evidence({ ended: null, tutor: {}, student: {} }, at(-5)).findings.map(({ code }) => code)).not.toContain(
      'tutor-never-came',
    ));
});

describe('the bundle', () => {
  it('EV1: the same events and instant make the same bytes', () => {
    const story: Story = { claim: 'cut-short', tutor: { here: [[6, 60]] } };
    const bytes = canonicalJson(evidence(story));
    expect(canonicalJson(evidence(story))).toBe(bytes);
    expect(evidence(story)).toMatchObject({ version: 1, upTo: historyOf(story).at(-1)?.position, asOf: NOW });
  });

  it('EV1: there is none without a request', () => expect(evidenceOf([], NOTHING_EARLIER, NOW)).toBeNull());

  it('EV14: a bank is told what the facts say', () => {
    const opened = {
      type: 'ChargebackOpened',
      data: {
        chargebackId: 'c1',
        bookingId: 'b1',
        providerPaymentId: 'pay_1',
        amount: PRICE,
        phase: 'chargeback',
        round: 1,
        respondBy: at(500),
        reasonCode: 'x',
        at: at(100),
      },
    } as const;
    expect(evidence({ more: [opened] }).bank).toBe('contest');
    expect(evidence({ more: [opened], tutor: {}, ended: 15 }).bank).toBe('accept');
    expect(evidence({ more: [opened], claim: 'other' }).bank).toBe('open');
    expect(evidence({}).bank).toBeNull();
  });
});
