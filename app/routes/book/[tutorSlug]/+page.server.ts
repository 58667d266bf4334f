import { fail, redirect } from '@sveltejs/kit';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { Queries, Slot } from '#projections/queries.ts';
import { pupilsOf } from '$lib/booking/pupils.ts';
import { personOf, requestIdOf, textOf, unknownPage } from '$lib/guard.ts';
import { SLOTS_AHEAD_MS } from '$lib/tutors/slots.ts';
import type { Actions, PageServerLoad } from './$types';

const ALTERNATIVES = 6;
const MAX_NOTE = 1_000;

function chosenIn(url: URL): { offerId: string; startsAt: number } {
  const startsAt = Number(url.searchParams.get('start') ?? 'NaN');
  if (!Number.isSafeInteger(startsAt)) unknownPage();
  return { offerId: url.searchParams.get('offer') ?? '', startsAt };
}

async function nextFree(queries: Queries, tutorId: string, offerId: string, now: number): Promise<readonly Slot[]> {
  const slots = await queries.freeSlots(tutorId, now, now + SLOTS_AHEAD_MS);
  return slots.filter((slot) => slot.offerId === offerId).slice(0, ALTERNATIVES);
}

// This page stands outside the signed-in layout on purpose: news on `/live` would load it again between the sending of the
// form and its answer, when the chosen seat is already taken, by this very form.
export const load: PageServerLoad = async (event) => {
  const person = personOf(event);
  const { queries, now } = event.locals.services;
  const { offerId, startsAt } = chosenIn(event.url);
  const tutor = await queries.tutorBySlug(event.params.tutorSlug);
  const offer = tutor?.offers.find((one) => one.offerId === offerId);
  if (!tutor || !offer) unknownPage();
  const free = await queries.freeSlots(tutor.tutorId, startsAt, startsAt + 1);
  const found = free.find((one) => one.offerId === offerId && one.startsAt === startsAt) ?? null;
  const slot = tutor.bookable ? found : null;
  const { graceMs, cancelTiers } = POLICY_2026_11;
  const { tutorId, slug, name, mode, subjects, bookable } = tutor;
  return {
    tutor: { tutorId, slug, name, mode, subjects, bookable },
    offer,
    startsAt,
    slot,
    alternatives: slot ? [] : await nextFree(queries, tutorId, offerId, now()),
    policy: { graceMs, cancelTiers },
    pupils: await pupilsOf(queries, person),
    mayBook: person.roles.some((role) => ['student', 'guardian', 'institute-admin'].includes(role)),
    // One id for this form: however often it is sent, it books once.
    requestId: crypto.randomUUID(),
  };
};

export const actions: Actions = {
  default: async (event) => {
    const person = personOf(event);
    const { services, correlationId } = event.locals;
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    const { offerId, startsAt } = chosenIn(event.url);
    const [subject, note, studentId] = [textOf(form, 'subject'), textOf(form, 'note'), textOf(form, 'studentId')];
    const values = { subject, note, studentId };
    if (!requestId)
      return fail(400, { code: 'bad-request-id', message: 'This form was out of date. Reload it.', values, next: [] });
    if (note.length > MAX_NOTE) return fail(400, { code: 'note-too-long', message: '', requestId, values, next: [] });
    const tutor = await services.queries.tutorBySlug(event.params.tutorSlug);
    if (!tutor) unknownPage();
    const booked = await services.book(
      person,
      { requestId, tutorId: tutor.tutorId, offerId, startsAt, subject, note, studentId: studentId || person.personId },
      correlationId,
    );
    if (isRefusal(booked)) {
      const lostSeat = booked.code === 'seat-taken' || booked.code === 'not-available';
      const next = lostSeat ? await nextFree(services.queries, tutor.tutorId, offerId, services.now()) : [];
      return fail(409, { code: booked.code, message: booked.message, requestId, values, next });
    }
    redirect(303, `/bookings/${booked.bookingId}`);
  },
};
