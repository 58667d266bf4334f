/** RM18, NO14: conversations as rows and notices, over a log and a database without a worker's effects. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnyEvent } from '#events/handling/registry.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { notifyAddressed } from '../processes/notify-addressed.ts';
import { notifyGroups } from '../processes/notify-groups.ts';
import { Unit } from '../runner/rows.ts';
import { fact, reactionsTo } from '../testing/facts.ts';
import { prepareProjections } from '../worker.server.ts';
import { conversations } from './project.ts';
import { conversationQueries } from './queries.server.ts';
import type { ConversationQueries, ConversationRow } from './rows.ts';

const group = { conversationId: 'group-1', at: 5 };
const direct = { conversationId: 'dm-1', at: 3 };
let db: Database;
let queries: ConversationQueries;

/** Puts the rows of all that ever happened into the tables. */
async function happened(...events: readonly AnyEvent[]): Promise<void> {
  const rows = new Unit(() => null);
  for (const [index, event] of events.entries()) conversations.project(fact(event), rows, index + 1);
  for (const table of conversations.tables) {
    await db.query(`DELETE FROM read_model.${table.name}`);
    for (const row of rows.changed.get(table)?.values() ?? []) {
      if (row === null) continue;
      const columns = Object.keys(row);
      await db.query(
        `INSERT INTO read_model.${table.name} (${columns.join(', ')}) VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
        Object.values(row),
      );
    }
  }
}

const CREATED: readonly AnyEvent[] = [
  { type: 'StudyGroupCreated', data: { ...group, by: 'ravi', name: 'Physics' } },
  { type: 'InviteLinkMade', data: { ...group, by: 'ravi', linkId: 'k1', tokenHash: 'h1', expiresAt: 99, mostUses: 3 } },
  { type: 'MemberJoined', data: { ...group, at: 6, personId: 'meera', why: 'link' } },
  { type: 'MemberInvited', data: { ...group, at: 7, personId: 'zoya', by: 'ravi' } },
];

const who = (row: ConversationRow | null): readonly string[] =>
  row?.members.map(({ personId, state }) => `${personId} ${state}`) ?? [];

beforeAll(async () => {
  db = await openPglite(null);
  await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
  await prepareProjections(db);
  queries = conversationQueries(db);
  const people = { asha: 'tutor', bilal: 'tutor', ravi: 'student', meera: 'student', latha: 'guardian' };
  for (const [id, role] of Object.entries(people)) {
    await db.query('INSERT INTO person_name VALUES ($1, $2, $3)', [id, `Name of ${id}`, `${id}@demo.test`]);
    await db.query(`INSERT INTO read_model.person (person_id, zone) VALUES ($1, 'Asia/Kolkata')`, [id]);
    await db.query('INSERT INTO read_model.person_role (person_id, role) VALUES ($1, $2)', [id, role]);
  }
  await db.query(`INSERT INTO read_model.guardian (person_id, guardian_id) VALUES ('ravi', 'latha')`);
  await db.query(
    `INSERT INTO read_model.tutor SELECT (jsonb_populate_record(NULL::read_model.tutor, $1::text::jsonb)).*`,
    [JSON.stringify({ tutor_id: 'bilal', profile: { name: 'Bilal' }, offers: [], mode: 'instant' })],
  );
  await db.query(
    `INSERT INTO read_model.booking SELECT (jsonb_populate_record(NULL::read_model.booking, $1::text::jsonb)).*`,
    [
      JSON.stringify({
        booking_id: 'b1',
        state: 'closed',
        tutor_id: 'asha',
        student_id: 'ravi',
        booked_by: 'ravi',
        offer_id: 'o1',
        subject: 'Physics',
        starts_at: 1,
        minutes: 60,
        seats: 1,
        price: 1,
        mode: 'instant',
        note: '',
        policy: {},
        requested_at: 1,
        refund: 0,
        refund_cap_pct: 100,
      }),
    ],
  );
});
afterAll(() => db.close());

describe('RM18: who is in a conversation', () => {
  test('members in the order in which they came, and who is invited', async () => {
    await happened(...CREATED);
    const row = await queries.conversation('group-1');
    expect(row).toMatchObject({ kind: 'group', name: 'Physics', ownerId: 'ravi', over: false, removed: [] });
    expect(row?.link).toEqual({ madeAt: 5, expiresAt: 99, mostUses: 3, uses: 1 });
    expect(who(row)).toEqual(['ravi in', 'meera in', 'zoya invited']);
    expect(row?.members.map(({ name }) => name)).toEqual(['Name of ravi', 'Name of meera', null]);
    expect((await queries.conversationsOf('zoya')).map(({ conversationId }) => conversationId)).toEqual(['group-1']);
    expect(await queries.membersOf('group-1')).toEqual(expect.not.arrayContaining(['zoya']));
    expect(await queries.conversationsOf('asha')).toEqual([]);
  });
  test('who left or was taken out is gone; the owner is whom it was handed to; a revoked link leads nowhere', async () => {
    await happened(
      ...CREATED,
      { type: 'InvitationEnded', data: { ...group, personId: 'zoya', by: 'zoya' } },
      { type: 'GroupHandedOver', data: { ...group, by: 'ravi', personId: 'meera' } },
      { type: 'MemberLeft', data: { ...group, personId: 'ravi' } },
    );
    expect((await queries.conversationByLink('h1'))?.ownerId).toBe('meera');
    expect(who(await queries.conversation('group-1'))).toEqual(['meera in']);
    await happened(...CREATED, {
      type: 'InviteLinkRevoked',
      data: { ...group, by: 'ravi', linkId: 'k1', tokenHash: 'h1' },
    });
    expect(await queries.conversationByLink('h1')).toBeNull();
  });
  test('whom the owner took out is known to them until they are invited again', async () => {
    const out: AnyEvent = { type: 'MemberRemoved', data: { ...group, by: 'ravi', personId: 'meera' } };
    await happened(...CREATED, out);
    expect(await queries.conversation('group-1')).toMatchObject({
      removed: [{ personId: 'meera', name: 'Name of meera' }],
      members: [{ personId: 'ravi' }, { personId: 'zoya' }],
    });
    expect(await queries.membershipsOf('meera')).toEqual([]);
    await happened(...CREATED, out, { type: 'MemberInvited', data: { ...group, personId: 'meera', by: 'ravi' } });
    expect(await queries.conversation('group-1')).toMatchObject({ removed: [] });
  });
  test('reports: open ones first, with who made them and what came of them', async () => {
    const report = (reportId: string, at: number, messageKey: string | null): AnyEvent => ({
      type: 'ConversationReported',
      data: { ...group, at, reportId, by: 'meera', messageKey, personId: messageKey && 'ravi', reason: 'abuse' },
    });
    await happened(...CREATED, report('r1', 8, '1.0'), report('r2', 9, null), report('r3', 7, '1.1'), {
      type: 'ReportClosed',
      data: { ...group, at: 12, reportId: 'r2', by: 'asha', outcome: 'no-cause' },
    });
    const rows = await queries.reports();
    expect(rows.map(({ reportId, outcome }) => [reportId, outcome])).toEqual([
      ['r1', null],
      ['r3', null],
      ['r2', 'no-cause'],
    ]);
    expect(rows[0]).toMatchObject({
      ...{ kind: 'group', title: 'Physics', byName: 'Name of meera', personName: 'Name of ravi', messageKey: '1.0' },
      ...{ reason: 'abuse', reportedAt: 8 },
    });
    expect(await queries.report('r2')).toMatchObject({ closedBy: 'asha', closedAt: 12, personId: null });
    expect(await queries.report('r9')).toBeNull();
  });
  test('a block is its maker’s, and ends; what is over is told', async () => {
    const opened: AnyEvent = { type: 'DirectOpened', data: { ...direct, personId: 'ravi', otherId: 'asha' } };
    const blocked: AnyEvent = { type: 'WriterBlocked', data: { ...direct, by: 'asha', personId: 'ravi' } };
    await happened(opened, blocked);
    const blocks = async () =>
      (await queries.conversation('dm-1'))?.members.map(({ personId, blocks }) => `${personId} ${blocks}`);
    expect(await blocks()).toEqual(['asha true', 'ravi false']);
    await happened(opened, blocked, { type: 'WriterUnblocked', data: { ...direct, by: 'asha', personId: 'ravi' } });
    expect(await blocks()).toEqual(['asha false', 'ravi false']);
    await happened(opened, { type: 'DirectEnded', data: { ...direct, personId: 'ravi', otherId: 'asha' } });
    expect(await queries.conversation('dm-1')).toMatchObject({ over: true, members: [{ personId: 'asha' }] });
    expect(await queries.membershipsOf('ravi')).toEqual([]);
    expect(await queries.membershipsOf('asha')).toEqual(['dm-1']);
  });
  test('CV16: a group whose namer was erased has no name', async () => {
    await happened({ type: 'StudyGroupCreated', data: { ...group, by: 'ravi', name: '[erased]' } });
    expect((await queries.conversation('group-1'))?.name).toBeNull();
  });
});

describe('RM18: who may begin', () => {
  const of = (one: string, other: string) => queries.acquaintance(one, other, 0);
  test('a booking joins the tutor with the student and the guardians, both ways', async () => {
    await happened();
    for (const [one, other] of [
      ['asha', 'ravi'],
      ['ravi', 'asha'],
      ['latha', 'asha'],
      ['asha', 'latha'],
    ] as const)
      expect((await of(one, other))?.booked, `${one} ${other}`).toBe(true);
    for (const [one, other] of [
      ['ravi', 'meera'],
      ['ravi', 'bilal'],
      ['meera', 'asha'],
      ['ravi', 'latha'],
    ] as const)
      expect((await of(one, other))?.booked, `${one} ${other}`).toBe(false);
    expect(await of('ravi', 'nobody')).toBeNull();
    expect((await queries.acquaintancesOf('asha')).map(({ personId }) => personId)).toEqual(['latha', 'ravi']);
    expect((await queries.acquaintancesOf('latha')).map(({ personId }) => personId)).toEqual(['asha']);
  });
  test('a public profile counts, and conversations begun with strangers are counted', async () => {
    const begun = (n: number, otherId: string): AnyEvent => ({
      type: 'DirectOpened',
      data: { conversationId: `dm-${n}`, at: n, personId: 'ravi', otherId },
    });
    await happened(begun(1, 'bilal'), begun(2, 'asha'), begun(3, 'chitra'));
    expect(await of('ravi', 'bilal')).toMatchObject({ otherTeaches: true, roles: ['student'], begun: 2 });
    expect((await queries.acquaintance('ravi', 'bilal', 2))?.begun).toBe(1);
    expect((await of('ravi', 'meera'))?.otherTeaches).toBe(false);
  });
});

describe('NO14: what is told of groups', () => {
  const told = (...events: readonly AnyEvent[]) =>
    reactionsTo(
      notifyGroups,
      events.map((event) => fact(event)),
    ).flatMap((one) =>
      one.kind === 'notice' ? [`${one.notice.about.kind} ${one.notice.to.join()} ${one.notice.mail}`] : [],
    );
  test('to the one it concerns, without a mail', () => {
    const [, , , invited] = CREATED;
    if (!invited) throw new Error('no example');
    expect(told(invited)).toEqual(['group-invited zoya false']);
    expect(told({ type: 'MemberRemoved', data: { ...group, by: 'ravi', personId: 'meera' } })).toEqual([
      'group-removed meera false',
    ]);
    expect(told({ type: 'GroupHandedOver', data: { ...group, by: 'ravi', personId: 'meera' } })).toEqual([
      'group-handed-over meera false',
    ]);
  });
});

describe('NO15: what is told to who is addressed', () => {
  const addressed: AnyEvent = {
    type: 'PersonAddressed',
    data: { ...direct, personId: 'asha', by: 'ravi', why: 'direct' },
  };
  test('a notice at once, and the mail of the same notice 15 minutes later', () => {
    const [notice, reminder] = reactionsTo(notifyAddressed, [fact(addressed)]);
    if (notice?.kind !== 'notice' || reminder?.kind !== 'reminder') throw new Error('a notice and a reminder');
    expect(notice.notice).toMatchObject({ to: ['asha'], mail: false, about: { kind: 'addressed', why: 'direct' } });
    expect(reminder.notice).toEqual({ ...notice.notice, mail: true });
    expect(reminder.dueAt).toBe(direct.at + 15 * 60_000);
    expect(JSON.stringify([notice, reminder])).not.toContain('ravi');
  });
  test('no mail to who has looked, or is not in it any more', () => {
    const reminder = reactionsTo(notifyAddressed, [fact(addressed)])[1];
    if (reminder?.kind !== 'reminder') throw new Error('a reminder');
    for (const event of [
      { type: 'PersonCaughtUp', data: { ...direct, personId: 'asha' } },
      { type: 'MemberLeft', data: { ...direct, personId: 'asha' } },
      { type: 'MemberRemoved', data: { ...direct, personId: 'asha', by: 'ravi' } },
    ] satisfies AnyEvent[])
      expect(reactionsTo(notifyAddressed, [fact(addressed), fact(event)])).toEqual([
        { kind: 'forget', keys: [reminder.key] },
      ]);
  });
});
