/** Who did what in a lesson, for the replay. Pure. */
import type { BoardReplay } from '#sync/documents/board-replay.ts';
import type { ChatReplay } from '#sync/documents/chat-replay.ts';
import type { HistoryRow } from '#sync/documents/history.ts';
import type { Author } from '#sync/documents/people.ts';

/** Somebody who did something. */
export interface ReplayPerson {
  readonly personId: string;
  readonly name: string;
  /** Business times of their updates, rising, ms. */
  readonly times: readonly number[];
  readonly strokes: number;
  readonly messages: number;
}

/**
 * Everybody who did something, most first.
 * @param known names that the lesson knows.
 * @param before who there was without `rows`.
 */
export function peopleOf(
  known: readonly Author[],
  board: Pick<BoardReplay, 'origins'>,
  chat: Pick<ChatReplay, 'origins'>,
  before: readonly ReplayPerson[],
  rows: readonly Pick<HistoryRow, 'personId' | 'at' | 'late'>[],
): ReplayPerson[] {
  const names = new Map(known.map(({ personId, name }) => [personId, name]));
  const strokes = new Map<string, number>();
  const messages = new Map<string, number>();
  const count = (counts: Map<string, number>, author: Author | null): void => {
    if (!author) return;
    if (!names.has(author.personId)) names.set(author.personId, author.name);
    counts.set(author.personId, (counts.get(author.personId) ?? 0) + 1);
  };
  for (const { origin } of board.origins()) count(strokes, origin.author);
  for (const { message } of chat.origins()) count(messages, message.author);
  const times = new Map(before.map((one) => [one.personId, [...one.times]]));
  for (const { personId, at, late } of rows) {
    if (late) continue;
    const own = times.get(personId) ?? [];
    own.push(at);
    times.set(personId, own);
  }
  return [...new Set([...times.keys(), ...strokes.keys(), ...messages.keys()])]
    .map((personId) => ({
      personId,
      name: names.get(personId) ?? personId,
      times: (times.get(personId) ?? []).sort((a, b) => a - b),
      strokes: strokes.get(personId) ?? 0,
      messages: messages.get(personId) ?? 0,
    }))
    .sort((a, b) => b.times.length - a.times.length);
}
