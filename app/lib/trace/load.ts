/** What the page of traces shows, and to whom. */
import type { Services } from '#app/server/services.ts';
import type { TraceHead } from '#app/server/traces/contract.ts';
import { personWith } from '../guard.ts';

const LATEST = 30;
/** Stable, for whoever is told it. */
export const UNKNOWN = 'trace-unknown';

type Parts = {
  readonly traces: Services['traces'];
  readonly queries: Pick<Services['queries'], 'namesOf' | 'lesson'>;
};

/** Only for ops; for anyone else the page does not exist. */
export function loadForOps(event: { readonly locals: App.Locals; readonly url: URL }) {
  personWith(event, 'ops');
  return loadTraces(event.locals.services, event.url.searchParams);
}

/** By the code of one visit, else those of a lesson, else the latest. */
export async function loadTraces({ traces, queries }: Parts, asked: URLSearchParams) {
  const code = (asked.get('code') ?? '').trim().slice(0, 20);
  const lessonId = (asked.get('lesson') ?? '').slice(0, 64);
  const found = code === '' ? null : await traces.find(code);
  const heads: readonly TraceHead[] =
    code === '' ? await traces.latest(lessonId === '' ? null : lessonId, LATEST) : found === null ? [] : [found];
  const names = await queries.namesOf([...new Set(heads.map(({ personId }) => personId))]);
  const lessonIds = [...new Set(heads.map((head) => head.lessonId))];
  const lessons = await Promise.all(lessonIds.map((id) => queries.lesson(id)));
  const lessonOf = (head: TraceHead) => lessons[lessonIds.indexOf(head.lessonId)] ?? null;
  // A study room is its people's own: of one, ops read what somebody gave them the code of, and not which room it is.
  const ownOf = (head: TraceHead): boolean => (lessonOf(head)?.study ?? null) !== null;
  const about = (head: TraceHead) => {
    const lesson = ownOf(head) ? null : lessonOf(head);
    return {
      code: head.code,
      role: head.role,
      beganAt: head.beganAt,
      // An id where the name is gone: the row is still one person's.
      name: names[head.personId] ?? head.personId,
      lesson: lesson === null ? null : { id: lesson.lessonId, subject: lesson.subject, code: lesson.code },
    };
  };
  return {
    code,
    lessonId,
    found: found === null ? null : { ...about(found), dropped: found.dropped, entries: found.entries },
    refusal: code !== '' && found === null ? UNKNOWN : null,
    latest: code === '' ? heads.filter((head) => !ownOf(head)).map(about) : [],
  };
}
