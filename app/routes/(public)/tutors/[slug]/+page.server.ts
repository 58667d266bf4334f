import { error } from '@sveltejs/kit';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { SLOTS_AHEAD_MS, cheapest } from '$lib/tutors/slots.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { queries } = locals.services;
  const now = locals.services.now();
  const tutor = await queries.tutorBySlug(params.slug);
  if (!tutor) error(404, { message: 'There is nothing at this address.', code: 'not-found' });
  const slots = tutor.bookable ? await queries.freeSlots(tutor.tutorId, now, now + SLOTS_AHEAD_MS) : [];

  const wantedOffer = url.searchParams.get('offer');
  const wantedStart = Number(url.searchParams.get('start') ?? 'NaN');
  const offer =
    tutor.offers.find(({ offerId }) => offerId === wantedOffer) ??
    tutor.offers.find(({ offerId }) => slots.some((slot) => slot.offerId === offerId)) ??
    cheapest(tutor.offers);
  const wasThere = slots.some((slot) => slot.offerId === offer?.offerId && slot.startsAt === wantedStart);
  const { graceMs, cancelTiers } = POLICY_2026_11;
  const { person } = locals;
  const mayWrite = person === null ? null : await locals.services.mayWriteTo(person, tutor.tutorId);
  return {
    tutor,
    slots,
    /** Null: they have to sign in first. */
    mayWrite,
    policy: { graceMs, cancelTiers },
    chosen: { offerId: offer?.offerId ?? '', start: wasThere ? wantedStart : null },
    /** The address asked for a time that someone else has by now. */
    gone: Number.isFinite(wantedStart) && !wasThere,
  };
};
