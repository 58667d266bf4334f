/**
 * Makes the demo on an empty log, through the same commands as everyone else. Every id is derived from a name, so a
 * seed that was cut short is finished by the next start and makes nothing twice.
 */
import type { Role } from '#events/access/roles.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import type { WeeklyWindow } from '#events/calendar/events.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { Position } from '#events/store/event-store.ts';
import type { Offer } from '#events/tutor/events.ts';
import { DEMO_PEOPLE, REVIEWERS } from './people.ts';
import type { SeedTutor } from './people.ts';
import { SEED_TUTORS } from './tutors.ts';

export interface SeedParts {
  readonly submit: Submit;
  readonly now: () => number;
  /** Makes the account unless the e-mail has one; gives its id. `password: null` is one that nobody can sign in to. */
  readonly account: (account: {
    email: string;
    name: string;
    role: Role;
    zone: string;
    demo: boolean;
  }) => Promise<string>;
  /** A linked account at the payment provider that may be paid at once. */
  readonly linkedAccount: (email: string, name: string) => Promise<string>;
}

const ZONE = 'Asia/Kolkata';
const DAY = 86_400_000;
const INSTITUTE = idFrom('seed-institute');

function offersOf(tutor: SeedTutor): readonly Offer[] {
  const hour: Offer = { offerId: 'hour', minutes: 60, seats: 1, price: tutor.hour * 100, title: 'One-to-one, an hour' };
  const extra: Offer[] = tutor.extra
    ? [
        {
          offerId: `single-${tutor.extra}`,
          minutes: tutor.extra,
          seats: 1,
          // Rounded to ten rupees, as tutors do.
          price: Math.round((tutor.hour * tutor.extra) / 600) * 1_000,
          title: tutor.extra < 60 ? `One-to-one, ${tutor.extra} minutes` : 'One-to-one, an hour and a half',
        },
      ]
    : [];
  const group: Offer[] = tutor.group
    ? [
        {
          offerId: 'group',
          minutes: 60,
          seats: tutor.group.seats,
          price: tutor.group.rupees * 100,
          title: tutor.group.title,
        },
      ]
    : [];
  return [hour, ...extra, ...group];
}

function windowsOf(tutor: SeedTutor): readonly WeeklyWindow[] {
  const single = offersOf(tutor).filter((offer) => offer.seats === 1);
  const windows: WeeklyWindow[] = tutor.hours.flatMap(({ days, from, to }) =>
    days.flatMap((weekday) => single.map((offer) => ({ weekday, from, to, offerId: offer.offerId }))),
  );
  if (tutor.group) {
    const [hours, minutes] = tutor.group.from.split(':');
    const to = `${String(Number(hours) + 1).padStart(2, '0')}:${minutes ?? '00'}`;
    windows.push({ weekday: tutor.group.weekday, from: tutor.group.from, to, offerId: 'group' });
  }
  return windows;
}

/** @returns the last position written, null when everything was there already. */
export async function seedDemo(parts: SeedParts): Promise<Position | null> {
  let last: Position | null = null;
  const now = parts.now();
  const tell = async (name: string, command: AnyCommand): Promise<void> => {
    const commandId = idFrom('seed', name);
    const done = await parts.submit(command, {
      commandId,
      correlationId: idFrom('seed'),
      causationId: commandId,
      actor: { kind: 'system', id: 'seed' },
    });
    if (isRefusal(done)) throw new Error(`The demo could not be made (${name}): ${done.code}`);
    last = done.position ?? last;
  };
  const person = async (email: string, name: string, role: Role, demo: boolean): Promise<string> => {
    const personId = await parts.account({ email, name, role, zone: ZONE, demo });
    await tell(`register ${email}`, { type: 'RegisterPerson', now, data: { personId, role, zone: ZONE } });
    return personId;
  };

  const ids = new Map<string, string>();
  for (const one of DEMO_PEOPLE) ids.set(one.email, await person(one.email, one.name, one.role, true));
  const reviewers: string[] = [];
  for (const [index, name] of REVIEWERS.entries())
    reviewers.push(await person(`reviewer-${index}@demo.test`, name, 'student', false));

  for (const tutor of SEED_TUTORS) {
    const { email, profile } = tutor;
    const tutorId = ids.get(email) ?? (await person(email, profile.name, 'tutor', true));
    ids.set(email, tutorId);
    await tell(`profile ${email}`, { type: 'PublishTutorProfile', now, data: { tutorId, profile } });
    await tell(`offers ${email}`, { type: 'SetOffers', now, data: { tutorId, offers: offersOf(tutor) } });
    await tell(`mode ${email}`, { type: 'SetBookingMode', now, data: { tutorId, mode: tutor.mode } });
    const accountId = await parts.linkedAccount(email, profile.name);
    await tell(`account ${email}`, { type: 'ActivateLinkedAccount', now, data: { tutorId, accountId } });
    await tell(`hours ${email}`, {
      type: 'SetAvailability',
      now,
      data: { tutorId, zone: ZONE, windows: windowsOf(tutor) },
    });
    for (const [index, [reviewer, rating, text]] of tutor.reviews.entries()) {
      const bookingId = idFrom('seed-review', email, index);
      const studentId = reviewers[reviewer];
      if (!studentId) throw new Error(`No reviewer ${reviewer}`);
      await tell(`review ${email} ${index}`, {
        type: 'WriteReview',
        now: now - (index * 17 + 5) * DAY,
        data: { bookingId, tutorId, studentId, rating, text },
      });
    }
  }

  const of = (email: string): string => {
    const id = ids.get(email);
    if (!id) throw new Error(`No demo account ${email}`);
    return id;
  };
  await tell('guardian', {
    type: 'LinkGuardian',
    now,
    data: { personId: of('student@demo.test'), guardianId: of('parent@demo.test') },
  });
  await tell('institute', {
    type: 'FoundInstitute',
    now,
    data: { instituteId: INSTITUTE, name: 'Sahyadri Learning Centre' },
  });
  const members = [
    ['admin@demo.test', 'admin'],
    ['tutor@demo.test', 'tutor'],
    ['student@demo.test', 'student'],
    ['student2@demo.test', 'student'],
  ] as const;
  for (const [email, as] of members)
    await tell(`member ${email}`, {
      type: 'AddMember',
      now,
      data: { instituteId: INSTITUTE, personId: of(email), as },
    });
  return last;
}
