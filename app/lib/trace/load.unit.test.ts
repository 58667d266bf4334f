import { describe, expect, it } from 'vitest';
import type { LessonRow } from '#projections/queries.ts';
import type { FoundTrace, Traces } from '#app/server/traces/contract.ts';
import { loadTraces } from './load.ts';

const TRACE: FoundTrace = {
  code: 'ABCDEFGH',
  lessonId: 'l1',
  personId: 'p1',
  role: 'participant',
  beganAt: 5,
  dropped: 3,
  entries: [{ at: 5, line: 1, way: 'in', event: 'join', bytes: 2, answer: 'room-full', summary: 'anew' }],
};
const traces: Traces = {
  find: (code) => Promise.resolve(code === 'abcd-efgh' ? TRACE : null),
  latest: (lessonId) => Promise.resolve(lessonId === null || lessonId === 'l1' ? [TRACE] : []),
};
const LESSON = { lessonId: 'l1', subject: 'Physics', code: 'nx-1', study: null } as LessonRow;
const STUDY = { ...LESSON, study: { guests: [] } } as unknown as LessonRow;
let lesson = LESSON;
const queries = {
  namesOf: (): Promise<Readonly<Record<string, string>>> => Promise.resolve({ p1: 'Asha' }),
  lesson: () => Promise.resolve(lesson),
};
const asked = (query: string) => loadTraces({ traces, queries }, new URLSearchParams(query));

describe('[TR5] the page of traces', () => {
  it('finds one by its code: who, which lesson, when, and all of it', async () => {
    expect(await asked('code= abcd-efgh ')).toMatchObject({
      refusal: null,
      latest: [],
      found: {
        name: 'Asha',
        lesson: { id: 'l1', subject: 'Physics', code: 'nx-1' },
        beganAt: 5,
        dropped: 3,
        entries: TRACE.entries,
      },
    });
  });

  it('has a stable code for one that leads nowhere', async () => {
    expect(await asked('code=ZZZZ-ZZZZ')).toMatchObject({ refusal: 'trace-unknown', found: null, latest: [] });
  });

  it('shows the latest, or those of a lesson, without what is in them', async () => {
    for (const query of ['', 'lesson=l1']) {
      const { latest, refusal } = await asked(query);
      expect(latest).toEqual([
        {
          code: 'ABCDEFGH',
          role: 'participant',
          beganAt: 5,
          name: 'Asha',
          lesson: expect.objectContaining({ id: 'l1' }),
        },
      ]);
      expect(refusal).toBeNull();
    }
    expect((await asked('lesson=l2')).latest).toEqual([]);
  });

  it('[ST12] says of a study room nothing but what somebody gave the code of', async () => {
    lesson = STUDY;
    expect((await asked('')).latest).toEqual([]);
    expect((await asked('lesson=l1')).latest).toEqual([]);
    expect((await asked('code=abcd-efgh')).found).toMatchObject({ name: 'Asha', lesson: null });
    lesson = LESSON;
  });
});
