import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

const PAGE = 50;
/** Longer than any id of ours. */
const MAX_ID = 64;

export const load: PageServerLoad = async (event) => {
  personWith(event, 'auditor');
  const { queries } = event.locals.services;
  const asked = (name: string): string => (event.url.searchParams.get(name) ?? '').trim().slice(0, MAX_ID);
  const personId = asked('person');
  const bookingId = asked('booking');
  const before = asked('before');
  const older = /^\d{1,15}$/.test(before) ? Number(before) : null;
  const [rows, people] = await Promise.all([
    queries.looks({
      ...(personId === '' ? {} : { personId }),
      ...(bookingId === '' ? {} : { bookingId }),
      ...(older === null ? {} : { before: older }),
      limit: PAGE + 1,
    }),
    queries.lookers(),
  ]);
  const shown = rows.slice(0, PAGE);
  return {
    rows: shown,
    people,
    filter: { personId, bookingId },
    newest: older === null,
    next: rows.length > PAGE ? (shown.at(-1)?.ordinal ?? null) : null,
  };
};
