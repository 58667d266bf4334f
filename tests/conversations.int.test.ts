/** Conversations as pages and API have them: the services over a log, its read models and a real Yjs server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversationServices } from '#app/server/conversation-services.server.ts';
import type { ConversationServices } from '#app/server/conversations/contract.ts';
import type { Person } from '#app/server/services.ts';
import { chatOf } from '#events/conversation/names.ts';
import { fromSystem } from '#events/handling/context.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { isRefusal, type Refusal } from '#events/shared/refusal.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { createQueries } from '#projections/queries.server.ts';
import { runReadModels } from '#projections/runner/read-models.server.ts';
import { createWaiter } from '#projections/runner/wait-for.server.ts';
import { prepareProjections } from '#projections/worker.server.ts';
import { deleteMessage, markRead, postMessage } from '#sync/documents/chat-writer.ts';
import { officeAt, startWorld, until, type Stock, type World } from '#sync/testing/harness.server.ts';

type WithoutNow<C> = C extends AnyCommand ? Omit<C, 'now'> : never;

const NOW = Date.UTC(2026, 10, 21, 13, 0);
const log = createLog({ level: 'silent' });
const as = (personId: string, name: string, ...roles: Person['roles'][number][]): Person => ({
  personId,
  name,
  email: `${personId}@nexused.test`,
  roles,
  zone: 'Asia/Kolkata',
});
const asha = as('asha', 'Asha Rao', 'tutor');
const ravi = as('ravi', 'Ravi Nair', 'student');
const meera = as('meera', 'Meera Iyer', 'student');
const PEOPLE = [asha, ravi, meera];

let db: Database;
let sync: World;
let submit: Submit;
let services: ConversationServices;
const closing: (() => Promise<unknown>)[] = [];

async function give(command: WithoutNow<AnyCommand>): Promise<void> {
  const done = await submit({ ...command, now: NOW } as AnyCommand, fromSystem('test', newId()));
  if (isRefusal(done)) throw new Error(`${command.type}: ${done.code}`);
}

function must<T extends object>(answer: T | Refusal | null): T {
  if (answer === null || isRefusal(answer)) throw new Error(`not ${JSON.stringify(answer)}`);
  return answer as T;
}
const codeOf = (answer: object): string => (isRefusal(answer) ? answer.code : 'yes');

/** Opens the chat as its page does. */
async function open(person: Person, conversationId: string): Promise<Stock> {
  const { ticket } = must(await services.joinConversation(person, conversationId, 'http://localhost'));
  return sync.stock(person, chatOf(conversationId), { ticket });
}
async function say(person: Person, conversationId: string, text: string): Promise<void> {
  const chat = await open(person, conversationId);
  const before = (await sync.sync.stored(new Map([[chatOf(conversationId), 0]]))).get(chatOf(conversationId))?.seq ?? 0;
  postMessage(chat.doc, person, text, Date.now());
  await until(
    async () => (await sync.sync.stored(new Map([[chatOf(conversationId), before]]))).size > 0,
    'it to be stored',
  );
  chat.end();
}
const lines = async (person: Person): Promise<readonly string[]> =>
  (await services.conversationsOf(person)).map(
    ({ title, last, unread }) => `${title}: ${last ? `${last.name} “${last.text}”` : 'nothing'}, ${unread} new`,
  );

beforeAll(async () => {
  db = await openPglite(null);
  await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
  await prepareProjections(db);
  const store = inMemoryStore();
  submit = createSubmit(store);
  const readModels = await runReadModels({ db, store, log });
  const waiter = await createWaiter(db);
  sync = await startWorld({ db, store });
  closing.push(
    () => sync.close(),
    () => readModels.stop(),
    () => waiter.stop(),
    () => db.close(),
  );
  services = conversationServices({
    submit,
    queries: createQueries(db, { now: () => NOW, onJump: () => () => undefined }),
    tickets: officeAt(() => Date.now()),
    now: () => NOW,
    seen: async (position) => position === null || waiter.waitFor(position, 5_000),
    allocateClientIds: sync.sync.allocateClientIds,
    storedChats: sync.sync.stored,
    nodePublicUrl: null,
  });
  for (const { personId, name, email, roles } of PEOPLE) {
    await db.query('INSERT INTO person_name VALUES ($1, $2, $3)', [personId, name, email]);
    await give({ type: 'RegisterPerson', data: { personId, role: roles[0] ?? 'student', zone: 'Asia/Kolkata' } });
  }
  await give({
    type: 'PublishTutorProfile',
    data: {
      tutorId: 'asha',
      profile: {
        slug: 'asha-rao',
        name: 'Asha Rao',
        headline: 'Physics',
        about: '',
        subjects: ['Physics'],
        levels: [],
        languages: [],
        city: '',
        yearsTeaching: 4,
        education: '',
      },
    },
  });
  const head = await store.head();
  if (head !== null) await waiter.waitFor(head, 10_000);
});
afterAll(async () => {
  for (const close of closing) await close();
});

describe('two people', () => {
  it('CV1, CV17: a student begins with a tutor; the tutor hears of it with the first line, and both know what is unread', async () => {
    const { conversationId } = must(await services.writeTo(ravi, 'asha', newId()));
    expect(must(await services.writeTo(ravi, 'asha', newId())).conversationId).toBe(conversationId);
    expect(await lines(ravi)).toEqual(['Asha Rao: nothing, 0 new']);
    expect(await lines(asha)).toEqual([]);

    await say(ravi, conversationId, 'Do you take **grade 11**?');
    await say(ravi, conversationId, 'On Mondays?');
    expect(await lines(asha)).toEqual(['Ravi Nair: Ravi Nair “On Mondays?”, 2 new']);
    expect(await lines(ravi)).toEqual(['Asha Rao: Ravi Nair “On Mondays?”, 0 new']);
    expect(await services.unreadMessages(asha)).toBe(2);

    const reading = await open(asha, conversationId);
    markRead(reading.doc, 'asha', 2);
    await until(async () => (await services.unreadMessages(asha)) === 0, 'the mark to count');
    // It was hers already, so the tutor may answer.
    expect(must(await services.writeTo(asha, 'ravi', newId())).conversationId).toBe(conversationId);
    await say(asha, conversationId, 'Yes, at five.');
    expect(await lines(ravi)).toEqual(['Asha Rao: Asha Rao “Yes, at five.”, 1 new']);
  });

  it('CV17: two students, a tutor with a strange student, and nobody with somebody there is not', async () => {
    expect(codeOf(await services.writeTo(ravi, 'meera', newId()))).toBe('not-acquainted');
    expect(codeOf(await services.writeTo(asha, 'meera', newId()))).toBe('not-acquainted');
    expect(codeOf(await services.writeTo(ravi, 'nobody', newId()))).toBe('not-found');
    expect(codeOf(await services.writeTo(ravi, 'ravi', newId()))).toBe('not-found');
    expect(await services.mayWriteTo(meera, 'asha')).toBe(true);
    expect(await services.mayWriteTo(asha, 'meera')).toBe(false);
  });

  it('CV2: a stranger finds nothing; while one blocks the other both only read', async () => {
    const { conversationId } = must(await services.writeTo(ravi, 'asha', newId()));
    expect(await services.conversationFor(meera, conversationId)).toBeNull();
    expect(codeOf(await services.joinConversation(meera, conversationId, 'http://x'))).toBe('not-found');
    expect(await services.filesOfConversation(meera, conversationId)).toBeNull();
    expect(codeOf(await services.actInConversation(meera, conversationId, { do: 'block' }, newId()))).toBe('not-found');

    const roles = async () =>
      Promise.all(
        [asha, ravi].map(async (one) => must(await services.joinConversation(one, conversationId, 'http://x')).role),
      );
    expect(await roles()).toEqual(['participant', 'participant']);
    must(await services.actInConversation(asha, conversationId, { do: 'block' }, newId()));
    expect(await roles()).toEqual(['observer', 'observer']);
    expect((await services.conversationFor(asha, conversationId))?.state).toBe('blocked');
    expect((await services.conversationFor(ravi, conversationId))?.state).toBe('blocking');
    expect(await services.filesOfConversation(ravi, conversationId)).toMatchObject({ mayAdd: false });
    // The other one’s block is not theirs to take back.
    must(await services.actInConversation(ravi, conversationId, { do: 'unblock' }, newId()));
    expect(await roles()).toEqual(['observer', 'observer']);
    must(await services.actInConversation(asha, conversationId, { do: 'unblock' }, newId()));
    expect(await roles()).toEqual(['participant', 'participant']);
  });
});

describe('a study group', () => {
  it('CV5–CV11: is joined by its link, written in, and closed to who was removed', async () => {
    const requestId = newId();
    const { conversationId } = must(await services.createGroup(ravi, 'Physics, grade 11', requestId));
    expect(must(await services.createGroup(ravi, 'Physics, grade 11', requestId)).conversationId).toBe(conversationId);
    const { token } = must(await services.makeInviteLink(ravi, conversationId, 14, null));
    expect(await services.groupBehind(meera, token)).toMatchObject({
      title: 'Physics, grade 11',
      members: [{ name: 'Ravi Nair' }],
      joined: false,
      full: false,
    });
    expect(await services.groupBehind(meera, `${token}x`)).toBeNull();
    expect(codeOf(await services.joinConversation(meera, conversationId, 'http://x'))).toBe('not-found');
    must(await services.joinGroup(meera, token, newId()));
    expect((await services.groupBehind(meera, token))?.joined).toBe(true);
    expect(must(await services.joinConversation(ravi, conversationId, 'http://x')).role).toBe('host');
    expect(must(await services.joinConversation(meera, conversationId, 'http://x')).role).toBe('participant');
    await say(meera, conversationId, 'Here I am');
    expect((await lines(ravi))[0]).toBe('Physics, grade 11: Meera Iyer “Here I am”, 1 new');

    expect(codeOf(await services.makeInviteLink(meera, conversationId, 14, null))).toBe('not-the-owner');
    const chat = await open(meera, conversationId);
    const from = Date.now();
    must(await services.actInConversation(ravi, conversationId, { do: 'remove', personId: 'meera' }, newId()));
    await until(() => !chat.provider.wsconnected, 'Meera to be sent away');
    expect(Date.now() - from).toBeLessThan(5_000);
    expect(codeOf(await services.joinConversation(meera, conversationId, 'http://x'))).toBe('not-found');
    expect(await services.conversationFor(meera, conversationId)).toBeNull();
    expect(codeOf(await services.joinGroup(meera, token, newId()))).toBe('removed-before');
    // The owner never had a lesson with her, and may take it back all the same.
    expect((await services.conversationFor(ravi, conversationId))?.removed).toEqual([
      { personId: 'meera', name: 'Meera Iyer' },
    ]);
    must(await services.actInConversation(ravi, conversationId, { do: 'invite', personId: 'meera' }, newId()));
    must(await services.actInConversation(meera, conversationId, { do: 'accept' }, newId()));
    expect(must(await services.joinConversation(meera, conversationId, 'http://x')).role).toBe('participant');
    must(await services.actInConversation(ravi, conversationId, { do: 'revoke-link' }, newId()));
    expect(await services.groupBehind(asha, token)).toBeNull();
    expect(codeOf(await services.joinGroup(asha, token, newId()))).toBe('link-unknown');
  });

  it('CV19: a link that was made for one lets one in, and says to the next that it has ended', async () => {
    const { conversationId } = must(await services.createGroup(ravi, 'Chemistry', newId()));
    const { token } = must(await services.makeInviteLink(ravi, conversationId, 1, 1));
    must(await services.joinGroup(meera, token, newId()));
    expect((await services.conversationFor(ravi, conversationId))?.link).toMatchObject({ uses: 1, dead: 'used-up' });
    expect((await services.groupBehind(asha, token))?.dead).toBe('used-up');
    expect(codeOf(await services.joinGroup(asha, token, newId()))).toBe('link-used-up');
    expect(codeOf(await services.makeInviteLink(ravi, conversationId, Number.NaN, null))).toBe('link-invalid');
    expect(codeOf(await services.makeInviteLink(ravi, conversationId, 365, null))).toBe('link-invalid');
  });

  it('CV22, CV23: ops read what was reported, also when it was deleted since, and nobody else does', async () => {
    const latha = as('latha', 'Latha Das', 'ops');
    const { conversationId } = must(await services.createGroup(ravi, 'Biology', newId()));
    const { token } = must(await services.makeInviteLink(ravi, conversationId, 1, null));
    must(await services.joinGroup(meera, token, newId()));
    await say(ravi, conversationId, 'Pay me or else');
    const chat = await open(ravi, conversationId);
    const [key = ''] = [...chat.doc.getMap('messages').keys()];
    const report = (who: Person, messageKey: string | null, reason = 'abuse') =>
      services.report(who, conversationId, { messageKey, reason }, newId());
    expect(codeOf(await report(asha, key))).toBe('not-found');
    expect(codeOf(await report(meera, key, 'boring'))).toBe('reason-missing');
    expect(codeOf(await report(meera, '9.9'))).toBe('message-unknown');
    expect(codeOf(await report(ravi, key))).toBe('own-message');
    must(await report(meera, key));
    must(await report(meera, key));
    must(await report(meera, null, 'other'));
    deleteMessage(chat.doc, key, ravi.personId);
    await until(async () => (await services.conversationsOf(meera))[0]?.last === null, 'it to be deleted');
    chat.end();
    expect(codeOf(await services.reports(meera))).toBe('forbidden');
    const found = async () => must(await services.reports(latha)).filter(({ group }) => group === 'Biology');
    expect((await found()).map(({ about, words, outcome }) => [about, words, outcome])).toEqual(
      expect.arrayContaining([
        ['message', 'Pay me or else', null],
        ['conversation', null, null],
      ]),
    );
    expect(await found()).toHaveLength(2);
    const one = (await found()).find(({ about }) => about === 'message');
    expect(one).toMatchObject({ byName: 'Meera Iyer', personName: 'Ravi Nair', reason: 'abuse', own: false });
    const close = (who: Person, outcome: string) => services.closeReport(who, one?.reportId ?? '', outcome, newId());
    expect(codeOf(await close(meera, 'acted'))).toBe('forbidden');
    expect(codeOf(await close({ ...ravi, roles: ['ops'] }, 'acted'))).toBe('own-case');
    expect(codeOf(await close(latha, 'hanged'))).toBe('report-unknown');
    must(await close(latha, 'acted'));
    expect((await found()).map(({ words, outcome }) => [words, outcome])).toEqual([
      [null, null],
      [null, 'acted'],
    ]);
  });

  it('CV9: only people one has had a lesson with are invited by name; who is invited reads nothing before joining', async () => {
    const { conversationId } = must(await services.createGroup(ravi, 'Maths', newId()));
    const invite = { do: 'invite', personId: 'asha' } as const;
    expect(codeOf(await services.actInConversation(ravi, conversationId, invite, newId()))).toBe('not-acquainted');
    await give({ type: 'InviteMember', data: { conversationId, by: 'ravi', personId: 'asha' } });
    await say(ravi, conversationId, 'Only for us');
    await until(async () => (await lines(asha)).some((line) => line.startsWith('Maths')), 'the invitation');
    expect((await lines(asha))[0]).toBe('Maths: nothing, 0 new');
    expect(codeOf(await services.joinConversation(asha, conversationId, 'http://x'))).toBe('not-found');
    expect(await services.conversationFor(asha, conversationId)).toMatchObject({
      mine: 'invited',
      invitedBy: 'Ravi Nair',
    });
    must(await services.actInConversation(asha, conversationId, { do: 'accept' }, newId()));
    expect((await lines(asha)).find((line) => line.startsWith('Maths'))).toBe('Maths: Ravi Nair “Only for us”, 1 new');
    must(await services.actInConversation(ravi, conversationId, { do: 'leave', successorId: null }, newId()));
    expect(must(await services.joinConversation(asha, conversationId, 'http://x')).role).toBe('host');
    expect(codeOf(await services.joinConversation(ravi, conversationId, 'http://x'))).toBe('not-found');
  });
});
