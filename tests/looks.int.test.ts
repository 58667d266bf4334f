/** What ops and auditors look at and take along, through the services of the pages and over the real tables. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lessonLookedAt } from '#app/server/look-services.server.ts';
import { createServices } from '#app/server/services.server.ts';
import type { Services } from '#app/server/services.ts';
import { ONE_LOOK_MS } from '#events/look/events.ts';
import type { LessonRow, LookFilter } from '#projections/queries.ts';
import { openWorld, STUDENT, STUDENT2, TUTOR, type World } from '#projections/testing/world.ts';
import { personAs, someParts } from './support/some-services.ts';

const ops = personAs('person-ops', 'ops');
const auditor = personAs('person-auditor', 'auditor');

let world: World;
let services: Services;
let bookingId: string;
/** Far from the end of a day, when another stream begins. */
let now = Date.UTC(2026, 10, 22, 12);
const told: unknown[] = [];

const partsOf = (submit: Services['submit']) =>
  someParts({
    store: world.store,
    submit,
    queries: world.queries,
    now: () => now,
    waitFor: async () => true,
    log: { error: (about: unknown) => void told.push(about) },
  });
const looks = async (filter: Partial<LookFilter> = {}) => {
  await world.settled();
  const rows = await world.queries.looks({ limit: 50, ...filter });
  return rows.map(({ name: _, ...row }) => row);
};
const lesson = (students: readonly string[]): Pick<LessonRow, 'tutorId' | 'students' | 'study'> => ({
  tutorId: TUTOR,
  study: null,
  students: students.map((studentId) => ({ bookingId: `seat-of-${studentId}`, studentId, name: studentId })),
});

beforeAll(async () => {
  world = await openWorld();
  services = createServices(partsOf(world.submit));
  bookingId = await world.book({ student: STUDENT, startsAt: world.firstStart });
  await world.settled();
}, 120_000);
afterAll(() => world.close());

describe('looks', () => {
  it('LK1, LK3, RM19: opening a case twice is one look, in a stream of that person and day', async () => {
    const before = await world.store.read(`booking-${bookingId}`);
    await services.lookedAt(ops, 'ops', [bookingId], 'case');
    await services.lookedAt(ops, 'ops', [bookingId], 'case');
    const stream = await world.store.read(`look-${ops.personId}-2026-11-22`);
    expect(stream.map(({ type, meta }) => [type, meta.actor])).toEqual([
      ['CaseLookedAt', { kind: 'person', id: ops.personId, role: 'ops' }],
    ]);
    expect(await world.store.read(`booking-${bookingId}`)).toEqual(before);
    expect(await looks()).toMatchObject([
      {
        personId: ops.personId,
        role: 'ops',
        what: { kind: 'looked', surface: 'case' },
        booking: { bookingId },
        at: now,
      },
    ]);
    const timeline = await world.queries.timeline(bookingId);
    expect(timeline.filter(({ type }) => type === 'CaseLookedAt')).toEqual([]);
  });

  it('LK2, RM19: each copy stands; found by person, by booking, and page by page', async () => {
    await services.copyTaken(auditor, 'auditor', 'journal', bookingId);
    await services.copyTaken(auditor, 'auditor', 'journal', bookingId);
    await services.copyTaken(auditor, 'auditor', 'log', null);
    const all = await looks();
    expect(all.map(({ what }) => ('copy' in what ? what.copy : what.surface))).toEqual([
      'log',
      'journal',
      'journal',
      'case',
    ]);
    expect(await looks({ personId: ops.personId })).toEqual(all.slice(3));
    expect(await looks({ bookingId })).toEqual(all.slice(1));
    expect(await looks({ bookingId, personId: auditor.personId })).toEqual(all.slice(1, 3));
    expect(await looks({ limit: 2 })).toEqual(all.slice(0, 2));
    expect(await looks({ before: all[1]?.ordinal ?? 0 })).toEqual(all.slice(2));
    const people = (await world.queries.lookers()).map(({ personId }) => personId);
    expect(people.toSorted()).toEqual([auditor.personId, ops.personId]);
  });

  it('LK1: a lesson counts for all its seats, and not for one of its people', async () => {
    const found = async (): Promise<number> => (await looks()).length;
    const before = await found();
    await lessonLookedAt(services, personAs(TUTOR, 'tutor', 'ops'), lesson([STUDENT]));
    await lessonLookedAt(services, personAs(STUDENT, 'student', 'ops'), lesson([STUDENT, STUDENT2]));
    await lessonLookedAt(services, personAs('nobody', 'student'), lesson([STUDENT]));
    expect(await found()).toBe(before);
    await lessonLookedAt(services, auditor, lesson([STUDENT, STUDENT2]));
    expect(await found()).toBe(before + 2);
    expect((await looks())[0]).toMatchObject({ role: 'auditor', what: { kind: 'looked', surface: 'lesson' } });
  });

  it('LK1: after half an hour it is another look', async () => {
    const before = (await looks()).length;
    now += ONE_LOOK_MS;
    await services.lookedAt(ops, 'ops', [bookingId], 'case');
    expect(await looks()).toHaveLength(before + 1);
  });

  it('LK4: without the log a page is shown and the program says so, and no file is given out', async () => {
    const down = createServices(
      partsOf(async () => {
        throw new Error('the log is away');
      }),
    );
    await expect(down.lookedAt(ops, 'ops', [bookingId], 'case')).resolves.toBeUndefined();
    expect(told).toMatchObject([{ alert: 'look-not-noted', personId: ops.personId, bookingIds: [bookingId] }]);
    await expect(down.copyTaken(auditor, 'auditor', 'log', null)).rejects.toThrow('the log is away');
  });
});
