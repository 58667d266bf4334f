import { messagesIn } from '$lib/messages/index.ts';
import { checkWindows } from '$lib/calendar/windows.ts';
import { weekOf } from '$lib/calendar/week.ts';
import { addDays, instantOf, instantOfField, isDay, mondayOf, wallAt } from '$lib/calendar/zoned.ts';
import { personWith, refused, requestIdOf, send, textOf, textsOf } from '$lib/guard.ts';
import { isZone } from '$lib/ui/time.ts';
import type { Actions, PageServerLoad } from './$types';

const m = messagesIn('en').calendar;

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'tutor');
  const { queries, now } = event.locals.services;
  const at = now();
  const profile = await queries.tutorById(person.personId);
  const zone = profile?.zone && isZone(profile.zone) ? profile.zone : isZone(person.zone) ? person.zone : 'UTC';
  const asked = event.url.searchParams.get('week') ?? '';
  const thisMonday = mondayOf(wallAt(at, zone).day);
  const monday = isDay(asked) ? mondayOf(asked) : thisMonday;
  const lessons = await queries.tutorLessons(
    person.personId,
    instantOf(monday, 0, zone),
    instantOf(addDays(monday, 7), 0, zone),
  );
  const { windows = [], timeOff = [], offers = [], mode = 'instant' } = profile ?? {};
  const kept = lessons.filter((lesson) => lesson.state !== 'cancelled');
  return {
    requestId: crypto.randomUUID(),
    published: profile !== null,
    bookable: profile?.bookable ?? false,
    zone,
    mode,
    windows,
    offers: offers.map(({ offerId, title, minutes, seats }) => ({ offerId, title, minutes, seats })),
    timeOff: timeOff.filter((off) => off.to > at).toSorted((a, b) => a.from - b.from),
    monday,
    thisMonday,
    week: weekOf(monday, { zone, windows, timeOff, offers }, kept),
  };
};

export const actions: Actions = {
  hours: async (event) => {
    const person = personWith(event, 'tutor');
    const { services } = event.locals;
    const form = await event.request.formData();
    const zone = textOf(form, 'zone');
    if (!isZone(zone)) return refused('hours', 'zone-unknown', m.problems.zone);
    const profile = await services.queries.tutorById(person.personId);
    if (!profile) return refused('hours', 'no-profile', m.problems.noProfile);
    const [weekdays, from, to, offerIds] = ['weekday', 'from', 'to', 'offerId'].map((name) => textsOf(form, name));
    const rows = (weekdays ?? []).map((weekday, row) => ({
      weekday,
      from: from?.[row] ?? '',
      to: to?.[row] ?? '',
      offerId: offerIds?.[row] ?? '',
    }));
    const checked = checkWindows(rows, profile.offers, m);
    if (checked.kind === 'problem') return refused('hours', checked.code, checked.message);
    const data = { tutorId: person.personId, zone, windows: checked.windows };
    const command = { type: 'SetAvailability' as const, now: services.now(), data };
    return send(event.locals, person, 'tutor', 'hours', requestIdOf(form), command);
  },

  addTimeOff: async (event) => {
    const person = personWith(event, 'tutor');
    const { services } = event.locals;
    const form = await event.request.formData();
    const zone = textOf(form, 'zone');
    if (!isZone(zone)) return refused('addTimeOff', 'zone-unknown', m.problems.zone);
    const from = instantOfField(textOf(form, 'from'), zone);
    const to = instantOfField(textOf(form, 'to'), zone);
    if (from === null || to === null || to <= from)
      return refused('addTimeOff', 'time-off-invalid', m.problems.timeOff);
    if (to <= services.now()) return refused('addTimeOff', 'time-off-past', m.problems.timeOffPast);
    const data = { tutorId: person.personId, from, to };
    const command = { type: 'AddTimeOff' as const, now: services.now(), data };
    return send(event.locals, person, 'tutor', 'addTimeOff', requestIdOf(form), command);
  },

  removeTimeOff: async (event) => {
    const person = personWith(event, 'tutor');
    const form = await event.request.formData();
    const data = { tutorId: person.personId, from: Number(textOf(form, 'from')), to: Number(textOf(form, 'to')) };
    const command = { type: 'RemoveTimeOff' as const, now: event.locals.services.now(), data };
    return send(event.locals, person, 'tutor', 'removeTimeOff', requestIdOf(form), command);
  },

  mode: async (event) => {
    const person = personWith(event, 'tutor');
    const form = await event.request.formData();
    const mode = textOf(form, 'mode');
    if (mode !== 'instant' && mode !== 'accept') return refused('mode', 'no-mode', m.problems.mode);
    const data = { tutorId: person.personId, mode } as const;
    const command = { type: 'SetBookingMode' as const, now: event.locals.services.now(), data };
    return send(event.locals, person, 'tutor', 'mode', requestIdOf(form), command);
  },
};
