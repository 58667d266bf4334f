/** Words of what ops and auditors looked at and took along. */
import type { CopyKind, LookRole, LookSurface } from '#events/look/events.ts';

const surfaces: Readonly<Record<LookSurface, string>> = {
  case: 'Opened the case',
  booking: 'Opened the booking’s page',
  lesson: 'Opened its lesson, or the replay of it',
  api: 'Read it through the API',
};

const copies: Readonly<Record<CopyKind, string>> = {
  log: 'Took a copy of the whole log',
  'log-of-booking': 'Took a copy of its part of the log',
  journal: 'Took a copy of its journal',
  'trial-balance': 'Took a copy of the trial balance',
  'evidence-pdf': 'Took a copy of its evidence, as a PDF',
  'evidence-file': 'Took a copy of its evidence, as a signed file',
  rehearsal: 'Took a copy of a policy rehearsal',
  receipt: 'Took a copy of its receipt',
};

const roles: Readonly<Record<LookRole, string>> = { ops: 'ops', auditor: 'auditor' };

export const looks = {
  who: 'Who looked at this case',
  all: 'Everything anybody looked at here',
  nobodyYet: 'Nobody but you, just now.',
  gone: 'Deleted account',
  roles,
  surfaces,
  copies,
  title: 'Looked at and taken along',
  lead: 'What ops and auditors saw of others, and every file they took. Each line is an event of the log: it cannot be changed afterwards.',
  person: 'Who',
  anybody: 'Anybody',
  booking: 'Booking id',
  show: 'Show',
  clear: 'Show everything',
  none: 'Nobody has looked at anything yet',
  noneBody: 'Opening a case stands here once in half an hour, every file that is taken each time.',
  noFit: 'Nothing fits',
  noFitBody: 'Look at everybody, or at every booking.',
  leftOut: (rows: number) =>
    `${rows === 1 ? '1 line is' : `${rows} lines are`} left out: you are a party of that case.`,
  older: 'Older',
  newest: 'Back to the newest',
  columns: { who: 'Who', what: 'What', about: 'About', when: 'When' },
  noBooking: 'No single booking',
  position: (position: string) => `Position ${position}`,
  about: (student: string, tutor: string, subject: string) => `${student} with ${tutor}, ${subject}`,
};
