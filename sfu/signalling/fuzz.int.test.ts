import { afterEach, describe, expect, it } from 'vitest';
import type { LessonRole } from '#events/access/roles.ts';
import { randomOf } from '#platform/random/seeded.ts';
import { AUDIO, startFixture, until, VIDEO, type Client, type Fixture } from '../testing/fixture.server.ts';
import { hostileMessage, type Ids } from '../testing/fuzz.ts';
import { CLIENT_TYPES, isRefusalCode, type Joined } from './protocol.ts';

const MESSAGES = 20_000;
/** Of one connection; with more than the burst it is refused, with many more it is closed. */
const MOST_OF_ONE = 400;
const ATTACKERS: readonly { name: string; lessonId: string; role: LessonRole }[] = [
  { name: 'mal', lessonId: 'lesson-1', role: 'participant' },
  { name: 'max', lessonId: 'lesson-1', role: 'participant' },
  { name: 'obs', lessonId: 'lesson-1', role: 'observer' },
  // A host, elsewhere.
  { name: 'eve', lessonId: 'lesson-2', role: 'host' },
  { name: 'sam', lessonId: 'lesson-2', role: 'participant' },
];

const LISTENED: ReadonlySet<string> = new Set(CLIENT_TYPES);

let fixture: Fixture;
afterEach(() => fixture.close());

async function enter(name: string, lessonId: string, role: LessonRole): Promise<{ client: Client; joined: Joined }> {
  const client = await fixture.connect(fixture.ticket(name, { lessonId, role }));
  return { client, joined: await client.join() };
}

/** Everything that could be named, of whomever. */
function note(ids: Ids, { transports, producers, consumers, peers }: Joined): void {
  for (const transport of [transports?.send, transports?.receive]) if (transport) ids.transports.push(transport.id);
  ids.producers.push(...producers.map(({ producerId }) => producerId));
  ids.producers.push(...peers.flatMap((peer) => peer.producers.map(({ producerId }) => producerId)));
  ids.consumers.push(...consumers.map(({ consumerId }) => consumerId));
}

/** What every answer is: carried out, or refused with a code of the list, and never our own failure. */
function judge(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('ok' in answer)) return `no answer: ${JSON.stringify(answer)}`;
  if (answer.ok === true) return null;
  if (!('code' in answer) || typeof answer.code !== 'string' || !isRefusalCode(answer.code))
    return JSON.stringify(answer);
  return answer.code === 'internal' ? 'internal' : null;
}

/** Whom a page would show, from what it was told. */
function seenBy(client: Client): ReadonlySet<string> {
  const seen = new Set<string>(['ann']);
  for (const { type, data } of client.heard) {
    if (typeof data !== 'object' || data === null || !('personId' in data) || typeof data.personId !== 'string')
      continue;
    if (type === 'peer-joined' || type === 'peer-changed') seen.add(data.personId);
    if (type === 'peer-left') seen.delete(data.personId);
  }
  return seen;
}

describe('hostile signalling', () => {
  it.each([1, 2])(
    '[A4] seed %i: is refused with codes, ends nothing of others, and leaves nothing behind',
    async (seed) => {
      const random = randomOf(seed);
      fixture = await startFixture({ graceMs: 200 });
      const { client: ann } = await enter('ann', 'lesson-1', 'host');
      for (const source of [VIDEO, AUDIO]) expect(await ann.ask('produce', source)).toMatchObject({ ok: true });
      const { client: bob, joined } = await enter('bob', 'lesson-1', 'participant');
      const mine = joined.consumers.map(({ consumerId }) => consumerId);
      expect(mine).toHaveLength(2);
      const ids: Ids = {
        producers: [],
        consumers: [],
        transports: [],
        people: ['ann', 'bob', ...ATTACKERS.map(({ name }) => name)],
        tickets: ['x', fixture.ticket('ann', { lessonId: 'lesson-1', role: 'host' })],
      };
      note(ids, joined);
      const problems = new Map<string, number>();
      const found = (problem: string): void => void problems.set(problem, (problems.get(problem) ?? 0) + 1);
      let [sent, closed] = [0, 0];

      const attack = async ({ name, lessonId, role }: (typeof ATTACKERS)[number]): Promise<void> => {
        const client = await fixture.connect(fixture.ticket(name, { lessonId, role }));
        // From the beginning: a host may send them away before they are in.
        const gone = new Promise<null>((resolve) => client.socket.once('disconnect', () => resolve(null)));
        try {
          // Some never join.
          if (random() < 0.8)
            await Promise.race([client.join(), gone.then(() => Promise.reject(new Error('removed')))]).then(
              (answer) => note(ids, answer),
              (error: unknown) => {
                if (!/waiting|room-locked|removed|turned-away/.test(String(error))) throw error;
              },
            );
          const count = Math.min(MESSAGES - sent, Math.floor(20 + random() * MOST_OF_ONE));
          sent += count;
          await Promise.all(
            Array.from({ length: count }, async () => {
              const { type, data } = hostileMessage(random, ids);
              const asked = new Promise<unknown>((resolve) => {
                const emit = client.socket.emit.bind(client.socket) as (...parts: unknown[]) => void;
                emit(type, data, resolve);
                // Nobody listens for what is not ours.
                if (!LISTENED.has(type)) resolve({ ok: true });
              });
              const answer = await Promise.race([asked, gone]);
              const problem = answer === null ? null : judge(answer);
              if (problem !== null) found(`${type}: ${problem}`);
            }),
          );
          if (client.all('closed').some(({ reason }) => reason === 'too-many-messages')) closed += 1;
        } finally {
          client.socket.disconnect();
        }
      };
      const began = performance.now();
      while (sent < MESSAGES) await Promise.all(ATTACKERS.map(attack));
      const perSecond = Math.round(sent / ((performance.now() - began) / 1_000));

      expect(Object.fromEntries(problems)).toEqual({});
      expect(closed).toBeGreaterThan(0);
      expect(perSecond).toBeGreaterThan(0);
      // The two who are honest are where they were, with all they had.
      expect(bob.all('consumer-closed').filter(({ consumerId }) => mine.includes(consumerId))).toEqual([]);
      // Nobody who left comes up again, as a person that is not there.
      await until('the others to be gone', () => (fixture.sfu.stats().peers === 2 ? true : undefined));
      await until('their leaving to be told', () => (seenBy(bob).size === 1 ? true : undefined));
      expect([...seenBy(bob)]).toEqual(['ann']);
      expect(bob.all('closed')).toEqual([]);
      expect(ann.all('closed')).toEqual([]);
      expect(await ann.ask('set-room', { locked: true })).toMatchObject({ ok: true });
      expect(await bob.ask('consumer-ready', { consumerIds: mine })).toMatchObject({ ok: true });
      expect(ann.all('quietened')).toEqual([]);
      for (const client of [ann, bob]) await client.ask('leave', {});
      await until('the rooms to be gone', () => (fixture.sfu.stats().rooms === 0 ? true : undefined));
      expect(fixture.sfu.stats().peers).toBe(0);
    },
  );
});
