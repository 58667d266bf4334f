import type { Refusal } from '#events/shared/refusal.ts';
import { isRefusalCode, type RefusalCode, type Refused } from './protocol.ts';

/** What each code says to a person who writes a client; pages have words of their own. */
const WORDS: Readonly<Record<RefusalCode, string>> = {
  'bad-request': 'The message has not the shape that the protocol asks for.',
  'not-allowed': 'This role may not do that.',
  'not-joined': 'Join first.',
  'already-joined': 'This connection has joined already.',
  'unknown-id': 'There is nothing with this id here.',
  'too-many': 'There are as many of these as one person may have.',
  'too-fast': 'Too many messages at once.',
  'room-full': 'The room has no place left.',
  'cannot-consume': 'This client cannot play that media.',
  waiting: 'A host has to let this person in: wait for “admitted”, then join again.',
  'room-locked': 'The host has locked the room.',
  'turned-away': 'The host did not let this person in.',
  'forbidden-by-host': 'The host does not allow this now.',
  'ticket-invalid': 'The ticket is not valid for this connection.',
  'media-unavailable': 'This node has no media worker.',
  draining: 'This node is about to stop; connect again.',
  elsewhere: 'Another node has this lesson: ask the door again where.',
  internal: 'Something went wrong on our side.',
  'not-open-yet': 'The classroom is not open yet.',
  'lesson-ended': 'The lesson has ended.',
  'lesson-cancelled': 'The lesson was cancelled.',
  'lesson-unknown': 'There is no such lesson.',
  'not-the-host': 'Only the tutor is the host of this lesson.',
  'no-seat': 'This person has no seat in this lesson.',
  removed: 'This person was taken out of the lesson.',
  'lesson-refused': 'The lesson did not let this person in.',
};

export const refused = (code: RefusalCode, message = WORDS[code]): Refused => ({ ok: false, code, message });

/** The lesson's own "no", under its own code where the protocol knows it. */
export const refusedByLesson = (refusal: Refusal): Refused =>
  isRefusalCode(refusal.code) ? refused(refusal.code, refusal.message) : refused('lesson-refused', refusal.message);
