import type { Done } from '$lib/answer.ts';
import { asOf, wallText } from '$lib/case/as-of.ts';
import { filterOf, searchOf } from '$lib/case/search.ts';
import { newestFirst } from '$lib/case/newest.ts';
import { personWith, refused } from '$lib/guard.ts';
import { shownHead } from '$lib/verify/shown-head.ts';
import { zoneOf } from '$lib/zone-of.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { PastClock } from '#projections/queries.ts';
import type { Actions, PageServerLoad } from './$types';

/** So many bookings are looked through for the newest events. */
const BOOKINGS = 12;
const EVENTS = 25;
/** So many payouts on hold are listed; the sum is over all of them. */
const LISTED = 20;
/** So many of the newest heads are shown here; the rest has a page of its own. */
const HEADS = 5;

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'auditor');
  const { queries, now, audit } = event.locals.services;
  const { searchParams } = event.url;
  const search = searchOf(searchParams);
  const zone = zoneOf(event.cookies, person);
  const wanted = asOf(searchParams.get('at'), zone);
  const at = wanted.kind === 'at' ? wanted.at : null;
  const by: PastClock = searchParams.get('by') === 'recorded' ? 'recorded' : 'business';
  const [found, latest, balance, payouts, drift, chain, heads] = await Promise.all([
    queries.cases(filterOf(search)),
    queries.cases({ limit: BOOKINGS }),
    queries.trialBalance(at ?? undefined, by),
    queries.heldPayouts(now()),
    queries.drift(),
    audit.state(),
    audit.heads(HEADS),
  ]);
  const timelines = await Promise.all(
    latest.rows.map(async (booking) =>
      (await queries.timeline(booking.bookingId)).map((row) => ({ ...row, bookingId: booking.bookingId })),
    ),
  );
  const held = (row: (typeof payouts)[number]): number => row.share - row.reversed;
  return {
    found: { search, ...found },
    newest: newestFirst(timelines.flat(), EVENTS),
    trial: { ...balance, at, by, wall: wallText(at ?? now(), zone), invalid: wanted.kind === 'invalid' },
    held: {
      count: payouts.length,
      sum: payouts.reduce((sum, row) => sum + held(row), 0),
      rows: payouts.slice(0, LISTED).map((row) => ({
        bookingId: row.bookingId,
        subject: row.subject,
        studentName: row.studentName,
        tutorName: row.tutorName,
        why: row.why,
        releaseAt: row.releaseAt,
        amount: held(row),
      })),
    },
    drift,
    chain,
    heads: isRefusal(heads) ? [] : heads.map(({ head }) => shownHead(head)),
    headsBroken: isRefusal(heads) ? heads : chain.headsBroken,
  };
};

export const actions: Actions = {
  async check(event) {
    const person = personWith(event, 'auditor');
    const answer = await event.locals.services.audit.startCheck(person);
    if (answer.kind === 'refusal') return refused('check', answer.code, answer.message, 409);
    return { about: 'check', done: true } satisfies Done;
  },
};
