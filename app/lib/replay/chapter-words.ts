/** What a chapter is called. */
import type { Messages } from '$lib/messages/index.ts';
import type { Chapter } from '../../server/replay-facts.ts';
import type { LessonReplay } from './lesson-replay.svelte.ts';

export function chapterWords(
  { kind, personId, page }: Chapter,
  m: Messages['replay'],
  { manifest, board }: Pick<LessonReplay, 'manifest' | 'board'>,
): string {
  const name = manifest?.people.find((one) => one.personId === personId)?.name ?? m.someone;
  const at = page === null ? -1 : board.finalPages().findIndex(({ key }) => key === page);
  const pageName = at < 0 ? m.anotherPage : m.pageName(at + 1);
  const words = m.chapters;
  switch (kind) {
    case 'joined':
    case 'left':
    case 'revealed':
      return words[kind](name);
    case 'page-turned':
      return words[kind](pageName);
    case 'board-locked':
      return page === null ? words[kind] : words['page-locked'](pageName);
    case 'board-opened':
      return page === null ? words[kind] : words['page-opened'](pageName);
    default:
      return words[kind];
  }
}
