/** One change of the rule at a time, on bookings made by hand; what they would come to is reckoned from PRODUCT.md. */
import { describe, expect, it } from 'vitest';
import type { RuleChanges } from '#events/rehearsal/rule.ts';
import { HOUR, MINUTE } from '#events/shared/times.ts';
import { rehearse, type Rehearsed } from './compare.ts';
import { Booked } from './examples.ts';
import { Pasts } from './past.ts';

function under(changes: RuleChanges, { facts }: Booked): Rehearsed {
  const pasts = new Pasts();
  for (const fact of facts) pasts.take(fact);
  const [past] = [...pasts.cases()];
  const rehearsed = past && rehearse(past, (id) => pasts.lesson(id), changes);
  if (!rehearsed) throw new Error('There is no booking to rehearse.');
  expect(rehearse(past, (id) => pasts.lesson(id), {})?.differences, 'under its own rule').toEqual([]);
  return rehearsed;
}

const parts = (student: number, tutor: number, platform: number, undecided = 0) => ({
  student,
  tutor,
  platform,
  undecided,
});

describe('a commission of 12 instead of 10 %', () => {
  const changes = { commissionBps: 1_200 };

  it('[RH6] takes 1,600 of 80,000 from the tutor of a lesson that was held', () => {
    const { was, would, differences, moved } = under(changes, new Booked().taught().hour(80));
    expect(was.parts).toEqual(parts(0, 72_000, 8_000));
    expect(would.parts).toEqual(parts(0, 70_400, 9_600));
    expect([differences, moved]).toEqual([['money'], 1_600]);
  });

  it('[RH6] splits what is kept of a late cancellation in the new way, and the student gets the same', () => {
    const { was, would } = under(changes, new Booked().hour(-5).cancels().hour(80));
    expect(was.parts).toEqual(parts(40_000, 36_000, 4_000));
    expect(would.parts).toEqual(parts(40_000, 35_200, 4_800));
  });

  it('[RH6] rounds an odd price as the payout does', () => {
    const { was, would } = under(changes, new Booked(10_101).taught().hour(80));
    expect(was.parts).toEqual(parts(0, 9_091, 1_010));
    expect(would.parts).toEqual(parts(0, 8_889, 1_212));
  });

  it('[RH10] leaves to the student what ops gave back', () => {
    const booked = new Booked().taught().hour(20).complains().decided(30_000).hour(100);
    const { was, would, differences } = under(changes, booked);
    expect(was.parts).toEqual(parts(30_000, 45_000, 5_000));
    expect(would.parts).toEqual(parts(30_000, 44_000, 6_000));
    expect(differences).toEqual(['money']);
  });
});

describe('a hold of 24 instead of 72 hours', () => {
  const changes = { holdMs: 24 * HOUR };

  it('[RH11] releases two days earlier, and moves no money', () => {
    const { was, would, differences } = under(changes, new Booked().taught().hour(80));
    expect((was.heldUntil ?? 0) - (would.heldUntil ?? 0)).toBe(48 * HOUR);
    expect(differences).toEqual(['release']);
  });

  it('[RH10] refuses a complaint of the second day, and what was given back for it stays with the tutor', () => {
    const booked = new Booked().taught().hour(31).complains().decided(30_000).hour(100);
    const { was, would, differences, moved } = under(changes, booked);
    expect(was.parts).toEqual(parts(30_000, 45_000, 5_000));
    expect(would.parts).toEqual(parts(0, 72_000, 8_000));
    expect(would.dispute).toEqual({ kind: 'refused', code: 'too-late' });
    expect([differences, moved]).toEqual([['money', 'release', 'dispute'], 30_000]);
  });

  it('[RH10] takes a complaint at the last moment of the hold, and not at its end', () => {
    const complaint = (before: number) =>
      under(
        changes,
        new Booked()
          .taught()
          .at(lessonEnd() + 24 * HOUR - before)
          .complains()
          .hour(90),
      ).would.dispute.kind;
    expect([complaint(1), complaint(0)]).toEqual(['open', 'refused']);
  });

  const lessonEnd = () => new Booked().startsAt + HOUR;
});

describe('other tiers of cancelling: all until 48 h, a quarter until 6 h', () => {
  const cancelTiers = [
    { beforeMs: 48 * HOUR, refundPct: 100 },
    { beforeMs: 6 * HOUR, refundPct: 25 },
  ];

  it('[RH5] gives a quarter of a cancellation 30 h before, and pays the tutor the rest', () => {
    const { was, would, differences } = under({ cancelTiers }, new Booked().hour(-30).cancels().hour(80));
    expect(was.parts).toEqual(parts(80_000, 0, 0));
    expect(would.parts).toEqual(parts(20_000, 54_000, 6_000));
    expect(would.heldUntil).toBe(new Booked().startsAt + 42 * HOUR);
    expect(differences).toEqual(['money', 'ending', 'release']);
  });

  it('[RH5] gives nothing 5 h before', () => {
    const { would } = under({ cancelTiers }, new Booked().hour(-5).cancels().hour(80));
    expect(would.parts).toEqual(parts(0, 72_000, 8_000));
    expect(would.ending).toMatchObject({ rule: 'too-late', refundPct: 0 });
  });

  it('[RH5] counts the bounds in, as cancelling does', () => {
    expect(under({ cancelTiers }, new Booked().hour(-48).cancels()).would.parts).toEqual(parts(80_000, 0, 0));
    expect(under({ cancelTiers }, new Booked().hour(-6).cancels()).would.parts).toEqual(parts(20_000, 54_000, 6_000));
  });

  it('[RH5] leaves the first quarter of an hour free', () => {
    expect(under({ cancelTiers: [] }, new Booked().cancels()).would.parts).toEqual(parts(80_000, 0, 0));
    expect(under({ cancelTiers: [], graceMs: 0 }, new Booked().hour(-71).cancels()).would.parts).toEqual(
      parts(0, 72_000, 8_000),
    );
  });
});

describe('a wait of 10 instead of 15 minutes', () => {
  const changes = { noShowAfterMs: 10 * MINUTE };

  it('[RH7] makes a student of the twelfth minute one who did not come, and asks nobody to decide', () => {
    const booked = new Booked().minute(0).comes('tutor').minute(12).comes('student').minute(20).ends();
    const { was, would, differences } = under(changes, booked.decided(40_000).hour(90));
    expect(was.outcome).toBe('unclear');
    expect(was.parts).toEqual(parts(40_000, 36_000, 4_000));
    expect(would.outcome).toBe('student-no-show');
    expect(would.parts).toEqual(parts(0, 72_000, 8_000));
    expect(would.dispute).toEqual({ kind: 'none' });
    expect(differences).toEqual(['money', 'outcome', 'ending', 'release', 'dispute']);
  });

  it('[RH8] closes the room before a tutor of the twelfth minute, who then taught nothing', () => {
    const booked = new Booked().minute(0).comes('student').minute(12).comes('tutor').minute(60).ends().hour(90);
    const { was, would, notes } = under(changes, booked);
    expect(was.parts).toEqual(parts(0, 72_000, 8_000));
    expect(would.outcome).toBe('tutor-no-show');
    expect(would.parts).toEqual(parts(80_000, 0, 0));
    expect(notes).toEqual(['room-closed-earlier']);
  });

  it('[RH7] changes nothing where both came in time', () => {
    expect(under(changes, new Booked().taught().hour(80)).differences).toEqual([]);
  });
});

it('[RH9] does not invent who would have come while a longer wait went on', () => {
  const { was, would, differences, notes } = under({ noShowAfterMs: 20 * MINUTE }, new Booked().hour(80));
  expect([was.outcome, would.outcome]).toEqual(['nobody', 'nobody']);
  expect([differences, notes]).toEqual([[], ['room-open-longer']]);
});

describe('60 instead of 50 % that must be held', () => {
  it('[RH7] leaves 33 of 60 minutes to people, and the money undecided', () => {
    const { was, would, differences } = under({ heldPct: 60 }, new Booked().taught(33).hour(80));
    expect(was.parts).toEqual(parts(0, 72_000, 8_000));
    expect(would.parts).toEqual(parts(0, 0, 0, 80_000));
    expect(would.dispute).toEqual({ kind: 'open', about: 'review' });
    expect(differences).toEqual(['money', 'outcome', 'ending', 'release', 'dispute']);
  });

  it('[RH7] counts exactly 60 % as held', () => {
    expect(under({ heldPct: 60 }, new Booked().taught(36).hour(80)).differences).toEqual([]);
  });

  it('[RH10] lets a decision about a complaint decide a lesson that comes to a review', () => {
    const booked = new Booked().taught(33).hour(5).complains().decided(20_000).hour(100);
    const { was, would } = under({ heldPct: 60 }, booked);
    expect(was.parts).toEqual(parts(20_000, 54_000, 6_000));
    expect(would.ending).toMatchObject({ kind: 'cancelled', rule: 'review', refund: 20_000 });
    expect(would.parts).toEqual(parts(20_000, 54_000, 6_000));
  });
});

describe('a lower limit for one person', () => {
  it('[RH10] asks for a second one, and moves nothing', () => {
    const booked = new Booked().taught().hour(5).complains().decided(30_000).hour(100);
    expect(under({ secondPersonAbove: 20_000 }, booked).differences).toEqual(['second-person']);
    expect(under({ secondPersonAbove: 30_000 }, booked).differences).toEqual([]);
  });
});
