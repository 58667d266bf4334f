/**
 * The product's words: one typed object per language, one file per area. English is the measure; another language must
 * have every key (`const hi: Messages = …`).
 */
import { getContext, setContext } from 'svelte';
import { en } from './en/index.ts';
import { inStudyRoom } from './en/study-room.ts';

export type Messages = typeof en;
export type Language = 'en';

const LANGUAGES: Readonly<Record<Language, Messages>> = { en };
const KEY = Symbol('messages');

export const messagesIn = (language: Language): Messages => LANGUAGES[language];

/** For the root layout. */
export function provideMessages(language: Language): Messages {
  return setContext(KEY, LANGUAGES[language]);
}

/** For the page of one study room: below it the classroom speaks of hosts and study rooms, not of tutors and lessons. */
export function provideStudyRoomWords(): Messages {
  return setContext(KEY, inStudyRoom(useMessages()));
}

/** In a component. */
export function useMessages(): Messages {
  return getContext<Messages | undefined>(KEY) ?? en;
}
