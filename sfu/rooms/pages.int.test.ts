/** A page out of sight, said over the socket and told to the lesson. */
import { afterEach, expect, it } from 'vitest';
import { startFixture, type Client, type Fixture } from '../testing/fixture.server.ts';
import { GLANCE_MS } from './pages.ts';

let fixture: Fixture;
afterEach(() => fixture.close());

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const say = (client: Client, visible: boolean): Promise<unknown> => client.ask('report-page', { visible });

async function connect(name: string): Promise<Client> {
  return fixture.connect(fixture.ticket(name, { role: name === 'ann' ? 'host' : 'participant' }));
}
async function join(name: string): Promise<Client> {
  const client = await connect(name);
  await client.join();
  return client;
}

/** [who said it, what, of whom] of each fact about a page, in order. */
const words = (): readonly (readonly [string, string, string])[] =>
  fixture.told.flatMap(({ command, context }) => {
    if (command.type !== 'NoteRoom') return [];
    const { by, word } = command.data;
    if (word.type !== 'PageHidden' && word.type !== 'PageShown') return [];
    expect(context.actor).toMatchObject({ kind: 'person', id: by });
    return [[by ?? 'nobody', word.type, word.personId] as const];
  });

it('[P14] is told of its own person only, when it lasts; a glance and another one’s name are nothing', async () => {
  fixture = await startFixture();
  const [ann, bob, cy] = [await join('ann'), await join('bob'), await join('cy')];
  const before = fixture.now();
  await say(bob, false);
  const said = fixture.now();
  await say(ann, false);
  await say(ann, true);
  await say(cy, true);
  // There is no field for it, so it is about ann, who is seen.
  await ann.raw('report-page', { visible: true, personId: 'bob' });
  expect(words()).toEqual([]);
  await expect.poll(words).toEqual([['bob', 'PageHidden', 'bob']]);
  const [hidden] = fixture.told.flatMap(({ command }) =>
    command.type === 'NoteRoom' && command.data.word.type === 'PageHidden' ? [command.data] : [],
  );
  // Since it was hidden, not since it was too long for a glance.
  expect(hidden?.at).toBeGreaterThanOrEqual(before);
  expect(hidden?.at).toBeLessThanOrEqual(said);
  // A timer may fire a few ms early.
  expect(fixture.now() - before).toBeGreaterThanOrEqual(GLANCE_MS - 50);
  await say(bob, true);
  await expect.poll(words).toEqual([
    ['bob', 'PageHidden', 'bob'],
    ['bob', 'PageShown', 'bob'],
  ]);
});

it('[P14] outlives a blip, and is said of nobody who left meanwhile', async () => {
  // Longer than everything here takes on a slow machine.
  fixture = await startFixture({ graceMs: 60_000 });
  const [bob, cy] = [await connect('bob'), await join('cy')];
  const { resumeToken } = await bob.join();
  await say(bob, false);
  await say(cy, false);
  await cy.ask('leave', {});
  await expect.poll(words).toEqual([['bob', 'PageHidden', 'bob']]);
  bob.socket.disconnect();
  const back = await connect('bob');
  await back.join({ token: resumeToken, keepTransports: true });
  await say(back, false);
  await sleep(GLANCE_MS + 500);
  expect(words()).toEqual([['bob', 'PageHidden', 'bob']]);
  await say(back, true);
  await expect.poll(words).toEqual([
    ['bob', 'PageHidden', 'bob'],
    ['bob', 'PageShown', 'bob'],
  ]);
});

it('[P12] [P14] is told again, after the join, of a connection that is begun again', async () => {
  fixture = await startFixture();
  const bob = await join('bob');
  await say(bob, false);
  await expect.poll(words).toHaveLength(1);
  await fixture.db.query('DELETE FROM presence');
  fixture.moveClock(1_000);
  await expect.poll(words).toHaveLength(2);
  const types = fixture.told.map(({ command }) => command.type);
  expect(types).toEqual(['JoinLesson', 'NoteRoom', 'JoinLesson', 'NoteRoom']);
});
