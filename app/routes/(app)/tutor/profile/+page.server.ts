import type { TutorProfile } from '#events/tutor/events.ts';
import type { Queries } from '#projections/queries.ts';
import { personWith, refused, requestIdOf, send, textOf, textsOf } from '$lib/guard.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { checkOffers } from '$lib/profile/offers.ts';
import { listOf, slugOf } from '$lib/profile/slug.ts';
import type { Actions, PageServerLoad } from './$types';

const m = messagesIn('en').profile.problems;

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'tutor');
  const profile = await event.locals.services.queries.tutorById(person.personId);
  return {
    requestId: crypto.randomUUID(),
    published: profile !== null,
    bookable: profile?.bookable ?? false,
    slug: profile?.slug ?? null,
    profile: {
      name: profile?.name ?? person.name,
      headline: profile?.headline ?? '',
      about: profile?.about ?? '',
      subjects: profile?.subjects ?? [],
      levels: profile?.levels ?? [],
      languages: profile?.languages ?? [],
      city: profile?.city ?? '',
      yearsTeaching: profile?.yearsTeaching ?? 0,
      education: profile?.education ?? '',
    },
    offers: profile?.offers ?? [],
  };
};

/** The tutor's address, which stays; for a first one the name, with a part of the id when somebody has it already. */
async function slugFor(queries: Queries, tutorId: string, name: string): Promise<string> {
  const own = await queries.tutorById(tutorId);
  if (own) return own.slug;
  const slug = slugOf(name);
  const holder = await queries.tutorBySlug(slug);
  return holder && holder.tutorId !== tutorId ? `${slug}-${slugOf(tutorId).slice(0, 6).replace(/-+$/, '')}` : slug;
}

export const actions: Actions = {
  publish: async (event) => {
    const person = personWith(event, 'tutor');
    const { services } = event.locals;
    const form = await event.request.formData();
    const name = textOf(form, 'name');
    const subjects = listOf(textOf(form, 'subjects'));
    const yearsTeaching = Number(textOf(form, 'yearsTeaching'));
    if (name === '') return refused('name', 'name-invalid', m.name);
    if (subjects.length === 0) return refused('subjects', 'subject-missing', m.subjects);
    if (!Number.isInteger(yearsTeaching) || yearsTeaching < 0 || yearsTeaching > 80) {
      return refused('yearsTeaching', 'years-invalid', m.years);
    }
    const profile: TutorProfile = {
      slug: await slugFor(services.queries, person.personId, name),
      name,
      headline: textOf(form, 'headline'),
      // A form sends its line breaks as two characters.
      about: textOf(form, 'about').replaceAll('\r\n', '\n'),
      subjects,
      levels: listOf(textOf(form, 'levels')),
      languages: listOf(textOf(form, 'languages')),
      city: textOf(form, 'city'),
      yearsTeaching,
      education: textOf(form, 'education'),
    };
    const command = {
      type: 'PublishTutorProfile' as const,
      now: services.now(),
      data: { tutorId: person.personId, profile },
    };
    return send(event.locals, person, 'tutor', 'publish', requestIdOf(form), command);
  },

  offers: async (event) => {
    const person = personWith(event, 'tutor');
    const { services } = event.locals;
    const form = await event.request.formData();
    const known = await services.queries.tutorById(person.personId);
    if (!known) return refused('offers', 'no-profile', m.notPublished);
    const [ids, titles, minutes, seats, prices] = ['offerId', 'title', 'minutes', 'seats', 'price'].map((name) =>
      textsOf(form, name),
    );
    const rows = (titles ?? []).map((title, row) => ({
      // An id comes from us: one that this tutor does not have is a new lesson.
      offerId: known.offers.find((offer) => offer.offerId === ids?.[row])?.offerId ?? '',
      title,
      minutes: minutes?.[row] ?? '',
      seats: seats?.[row] ?? '',
      price: prices?.[row] ?? '',
    }));
    const checked = checkOffers(rows, () => crypto.randomUUID(), m);
    if (checked.kind === 'problem') return refused('offers', checked.code, checked.message);
    const data = { tutorId: person.personId, offers: checked.offers };
    const command = { type: 'SetOffers' as const, now: services.now(), data };
    return send(event.locals, person, 'tutor', 'offers', requestIdOf(form), command);
  },
};
