/** Mentions while a message is written: `@Name` in the field, `<@person id>` in what is sent. Pure. */
import type { ChatMessage } from '#sync/documents/chat-reader.ts';
import type { Author } from '#sync/documents/people.ts';

/** What is being typed behind an `@` before the caret, or null. */
export function mentionAt(text: string, caret: number): { readonly from: number; readonly query: string } | null {
  const before = text.slice(Math.max(0, caret - 40), caret);
  const match = /(?:^|[\s(])@([\p{L}\p{N}][\p{L}\p{N}\p{M}.' -]{0,30}|)$/u.exec(before);
  if (match?.[1] === undefined) return null;
  return { from: caret - match[1].length - 1, query: match[1] };
}

const MOST_OFFERED = 6;
const small = (text: string): string => text.normalize('NFKC').toLowerCase();

/** People whose name, or a part of it, begins with what was typed. */
export function offered(people: readonly Author[], query: string): Author[] {
  const wanted = small(query);
  const found = people.filter(({ name }) => {
    const whole = small(name);
    return whole.startsWith(wanted) || whole.split(/\s+/).some((part) => part.startsWith(wanted));
  });
  return found.slice(0, MOST_OFFERED);
}

const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}\p{M}_]/u.test(letter);

/** Names behind an `@` as mentions. The longest name wins, so that Asha Rao is not Asha. */
export function withMentions(text: string, people: readonly Author[]): string {
  const known = [...people].filter(({ name }) => name !== '').sort((a, b) => b.name.length - a.name.length);
  let out = '';
  for (let at = 0; at < text.length;) {
    const next = text.indexOf('@', at);
    if (next < 0) return out + text.slice(at);
    out += text.slice(at, next);
    const person = isWord(text[next - 1])
      ? undefined
      : known.find(({ name }) => text.startsWith(name, next + 1) && !isWord(text[next + 1 + name.length]));
    out += person ? `<@${person.personId}>` : '@';
    at = next + 1 + (person?.name.length ?? 0);
  }
  return out;
}

/** A stored text as its author edits it. */
export const withNames = (text: string, nameOf: (personId: string) => string): string =>
  text.replace(/<@([A-Za-z0-9_-]{1,128})>/g, (_whole, personId: string) => `@${nameOf(personId)}`);

/** Those who are known and whoever wrote, without oneself; each once. */
export function peopleIn(known: readonly Author[], list: readonly ChatMessage[], me: string): readonly Author[] {
  const people = new Map(known.map((person) => [person.personId, person]));
  for (const { author } of list) if (author && !people.has(author.personId)) people.set(author.personId, author);
  people.delete(me);
  return [...people.values()];
}
