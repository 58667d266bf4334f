import { personWith, unknownPage } from '$lib/guard.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { timelineFor } from '#app/server/views.server.ts';
import { moneyStory } from '$lib/money-story/story.ts';
import { timelineEntries, type TimelineContext } from '$lib/timeline-words.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'tutor');
  const { queries, now } = event.locals.services;
  const { id } = event.params;
  const [booking, payout] = await Promise.all([queries.booking(id), queries.payout(id)]);
  if (!booking || !payout || booking.tutorId !== person.personId) unknownPage();
  const { zone } = await event.parent();
  const all = await queries.timeline(id);
  const rows = timelineFor('tutor', booking, all);
  const messages = messagesIn('en');
  const context: TimelineContext = {
    reader: 'tutor',
    viewerId: person.personId,
    tutorId: booking.tutorId,
    tutorName: booking.tutorName,
    studentId: booking.studentId,
    studentName: booking.studentName,
    zone,
  };
  return {
    payout,
    studentId: booking.studentId,
    // In words only: raw events carry the payer's payment ids, which are not the tutor's to see.
    entries: timelineEntries(rows, context, messages.timeline),
    money: moneyStory({ rows: all, shown: rows }, context, now(), messages),
  };
};
