import { describe, expect, it } from 'vitest';
import { boardServices, type BoardParts, type ContinueAnswer } from '#app/server/board-services.server.ts';
import { createTicketOffice } from '#events/access/ticket.server.ts';
import type { LessonRow, Queries } from '#projections/queries.ts';
import { LESSON, PEOPLE } from './stub.ts';

const DAY = 86_400_000;
const NOW = LESSON.startsAt - 3 * DAY;
const { kavita, asha, stranger } = PEOPLE;
if (!kavita || !asha || !stranger) throw new Error('The people of the stub are others');
const students = (...ids: readonly string[]): LessonRow['students'] =>
  ids.map((studentId) => ({ bookingId: `b-${studentId}`, studentId, name: studentId }));

const NEXT: LessonRow = { ...LESSON, lessonId: 'l-next', code: 'next', state: 'scheduled', students: students('asha') };
const before = (name: string, more: Partial<LessonRow> = {}): LessonRow => ({
  ...LESSON,
  lessonId: `l-${name}`,
  code: name,
  startsAt: NOW - DAY,
  ...more,
});

function world({
  next = NEXT,
  lessons = [],
  written,
  answer = { kind: 'brought', items: 2, files: ['f1'] },
  continues = false,
}: {
  next?: LessonRow;
  lessons?: readonly LessonRow[];
  written?: readonly string[];
  answer?: ContinueAnswer;
  continues?: boolean;
}) {
  const shared: unknown[] = [];
  const asked: unknown[] = [];
  const tickets = createTicketOffice(new Uint8Array(32).fill(7));
  const queries: Pick<Queries, 'lessonByCode' | 'tutorLessons'> = {
    lessonByCode: async (code) => [next, ...lessons].find((one) => one.code === code) ?? null,
    tutorLessons: async (tutorId, from, to) =>
      lessons.filter((one) => one.tutorId === tutorId && one.startsAt >= from && one.startsAt < to),
  };
  const parts = {
    queries: queries as Queries,
    tickets,
    files: { share: async (...args: unknown[]) => void shared.push(args) } as unknown as BoardParts['files'],
    now: () => NOW,
    allocateClientIds: async (_name: string, _person: string, count: number) =>
      Array.from({ length: count }, (_, i) => i + 1),
    writtenDocuments: async (names: readonly string[]) => new Set(written ?? names),
    continueBoard: async (...args: unknown[]) => {
      asked.push(args);
      return answer;
    },
    continuesBoard: async () => continues,
    nodePublicUrl: null,
  };
  return { services: boardServices(parts), tickets, shared, asked };
}

describe('preparing a board', () => {
  it('BO1: its tutor gets a ticket for the board alone, days before the lesson', async () => {
    const { services, tickets } = world({});
    const join = await services.prepareBoard(kavita, 'next', 'https://x.test');
    if ('code' in join) throw new Error(join.code);
    expect(join.sync).toEqual({
      url: 'wss://x.test/sync',
      documents: [{ name: 'board:l-next', clientIds: [1, 2, 3] }],
    });
    expect(tickets.verify(join.ticket)).toMatchObject({ role: 'host', documents: { 'board:l-next': [1, 2, 3] } });
    expect(tickets.verify(join.ticket)?.ownOf).toBeUndefined();
  });

  it('BO1: nobody else does, nor anybody once it is over', async () => {
    const code = async (person: typeof kavita, next: LessonRow = NEXT): Promise<unknown> => {
      const answer = await world({ next }).services.prepareBoard(person, 'next', 'https://x.test');
      return 'code' in answer ? answer.code : 'joined';
    };
    expect(await code(asha)).toBe('forbidden');
    expect(await code(stranger)).toBe('not-found');
    expect(await code(kavita, { ...NEXT, state: 'ended' })).toBe('lesson-ended');
    expect(await code(kavita, { ...NEXT, state: 'cancelled' })).toBe('lesson-cancelled');
  });
});

describe('carrying a board on', () => {
  const LESSONS = [
    before('older', { startsAt: NOW - 9 * DAY }),
    before('newer'),
    before('others', { students: students('rohan') }),
    before('running', { state: 'live' }),
    before('foreign', { tutorId: 'somebody' }),
  ];

  it('BO2: boards of lessons that are over, with all of these students, are offered to the tutor, the latest first', async () => {
    const { services } = world({ lessons: [...LESSONS].sort((a, b) => a.startsAt - b.startsAt) });
    expect((await services.earlierBoards(kavita, 'next')).map(({ code }) => code)).toEqual(['newer', 'older']);
    expect(await services.earlierBoards(asha, 'next')).toEqual([]);
    expect(await world({ lessons: LESSONS, continues: true }).services.earlierBoards(kavita, 'next')).toEqual([]);
    const some = world({ lessons: LESSONS, written: ['board:l-older'] });
    expect((await some.services.earlierBoards(kavita, 'next')).map(({ code }) => code)).toEqual(['older']);
  });

  it('BO3: it is brought by name of the document, and its pictures may be read in the new lesson', async () => {
    const { services, asked, shared } = world({ lessons: LESSONS });
    expect(await services.continueBoard(kavita, 'next', 'newer')).toEqual({ kind: 'continued', items: 2 });
    expect(asked).toEqual([['board:l-newer', 'board:l-next', { personId: 'kavita', name: 'kavita' }]]);
    expect(shared).toEqual([['lesson:l-newer', 'lesson:l-next', ['f1']]]);
  });

  it.each([
    ['kavita', 'others', 'not-continuable'],
    ['kavita', 'running', 'not-continuable'],
    ['kavita', 'next', 'not-continuable'],
    ['kavita', 'foreign', 'not-found'],
    ['kavita', 'nowhere', 'not-found'],
    ['asha', 'newer', 'forbidden'],
    ['stranger', 'newer', 'not-found'],
  ])('BO3: %s does not bring that of %s: %s', async (who, from, code) => {
    const { services, asked } = world({ lessons: LESSONS });
    expect(await services.continueBoard(PEOPLE[who] ?? kavita, 'next', from)).toMatchObject({ code });
    expect(asked).toEqual([]);
  });

  it.each([
    ['empty', 'board-empty'],
    ['already', 'already-continued'],
    ['too-large', 'board-too-large'],
  ] as const)('BO3: a board that is %s says %s', async (kind, code) => {
    const { services, shared } = world({ lessons: LESSONS, answer: { kind } });
    expect(await services.continueBoard(kavita, 'next', 'newer')).toMatchObject({ code });
    expect(shared).toEqual([]);
  });
});
