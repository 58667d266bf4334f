import { refused, textOf, unknownPage } from '$lib/guard.ts';
import { messagesIn } from '$lib/messages/index.ts';
import type { Actions, PageServerLoad } from './$types';

/**
 * Not behind sign-in: who has forgotten a password, or has not confirmed an address, finds the mail here.
 * Without the capabilities that it shows, the page does not exist.
 */
export const load: PageServerLoad = async ({ locals }) => {
  const { capabilities, queries, now } = locals.services;
  if (!capabilities.clockControl && !capabilities.inbox && !capabilities.providerControls) unknownPage();
  const at = now();
  const [own, booked] = await Promise.all([
    locals.person ? queries.upcomingLessons(locals.person.personId, at) : [],
    queries.cases({ state: 'confirmed', limit: BOOKINGS }),
  ]);
  // One's own next lesson is what one wants to wait for; without one, anybody's.
  const ahead = (own.length > 0 ? own : booked.rows)
    .filter((lesson) => lesson.startsAt > at)
    .toSorted((one, other) => one.startsAt - other.startsAt);
  return {
    lessons: ahead.slice(0, 1).map((lesson) => ({
      lessonId: lesson.lessonId ?? '',
      subject: lesson.subject,
      startsAt: lesson.startsAt,
    })),
    demo: capabilities.demoSignIn,
  };
};

const BOOKINGS = 500;
const MAX_MS = 400 * 86_400_000;

export const actions: Actions = {
  clock: async ({ locals, request }) => {
    const { services } = locals;
    if (!services.capabilities.clockControl) unknownPage();
    const form = await request.formData();
    const to = Number(textOf(form, 'to'));
    const count = Number(textOf(form, 'count'));
    const ms = to
      ? to - services.now()
      : textOf(form, 'by') === 'custom'
        ? count * Number(textOf(form, 'unit'))
        : Number(textOf(form, 'ms'));
    if (!Number.isSafeInteger(ms) || ms <= 0 || ms > MAX_MS) {
      return refused('clock', 'clock-step', messagesIn('en').sandbox.clock.wrong);
    }
    await services.advanceClock(ms);
    return { about: 'clock', done: true as const };
  },
};
