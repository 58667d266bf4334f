/** Kills media workers under rooms full of clients whose packets really travel, and says what it cost whom. */
import { randomOf } from '#platform/random/seeded.ts';
import { startFixture, type Fixture } from '#sfu/testing/fixture.server.ts';
import { WireClient, type Identity } from '#sfu/testing/wire-client.server.ts';
import { makeIdentity } from '#sfu/testing/wire-transport.server.ts';
import { settled, sleep, timesOf, waitFor, type People, type Times } from './everybody.ts';

export interface SfuKillReport {
  /** Of workers that served somebody. */
  readonly kills: number;
  /** Of workers that served nobody: nobody may notice. */
  readonly idleKills: number;
  readonly seed: number;
  readonly people: number;
  /** Times that somebody was served by another worker afterwards. */
  readonly moved: number;
  /** Wall ms from the kill until everybody had everybody's microphone again, and everybody's camera too. */
  readonly sound: Times;
  readonly pictures: Times;
  /** The longest time without a packet for those whose room was on no worker that died, ms. */
  readonly othersWaitedMs: number;
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** The first is spread over two workers, the others are on one each. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  large: ['ann', 'bob', 'cy', 'dan'],
  pair: ['eve', 'fay'],
  couple: ['gus', 'hal'],
};
/** From so many reckoned consumers on the large room goes over. */
const MANY = 6;
const WITHIN_MS = 30_000;
/** After this nobody is told any more of a worker that served nobody. */
const QUIET_MS = 500;

interface Room {
  readonly lessonId: string;
  readonly people: Map<string, WireClient>;
}

export async function runSfuKills(settings: {
  readonly kills: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}): Promise<SfuKillReport> {
  const { kills, seed, log = () => undefined } = settings;
  const random = randomOf(seed);
  const began = Date.now();
  const identity = makeIdentity();
  const fixture = await startFixture({ workers: 2, manyConsumers: MANY, graceMs: 10_000 });
  const problems: string[] = [];
  const sound: number[] = [];
  const pictures: number[] = [];
  let [idleKills, moved, othersWaitedMs, entered, left] = [0, 0, 0, 0, 0];
  try {
    const rooms = await openRooms(fixture, identity);
    const groups = (): readonly People[] => rooms.map(({ people }) => people);
    const everybody = (): WireClient[] => rooms.flatMap(({ people }) => [...people.values()]);
    entered = everybody().length;
    await settled(groups, { at: performance.now(), within: WITHIN_MS, problems, when: 'the beginning' });
    while (sound.length < kills && problems.length === 0) {
      await sleep(random() * 400);
      for (const person of everybody()) {
        person.client.heard.length = 0;
        person.longestGap();
      }
      const before = new Map(everybody().map((person) => [person, person.moved]));
      const pids = fixture.sfu.workerPids();
      const pid = pids[Math.floor(random() * pids.length)];
      if (pid === undefined) throw new Error('No worker runs');
      const at = performance.now();
      process.kill(pid, 'SIGKILL');
      const wasMoved = (person: WireClient): boolean => person.moved > (before.get(person) ?? 0);
      await waitFor(() => everybody().some(wasMoved), QUIET_MS);
      const name = `kill ${sound.length + idleKills + 1}`;
      if (everybody().some(wasMoved)) {
        const back = await settled(groups, { at: at, within: WITHIN_MS, problems, when: name });
        sound.push(back.sound);
        pictures.push(back.pictures);
      } else idleKills += 1;
      await waitFor(() => fixture.sfu.stats().workers === 2, WITHIN_MS);
      for (const room of rooms) {
        const people = [...room.people.values()];
        moved += people.filter(wasMoved).length;
        if (people.some(wasMoved)) continue;
        othersWaitedMs = Math.max(othersWaitedMs, ...people.map((person) => person.longestGap()));
        for (const person of people) {
          const heard = person.client.heard.filter(({ type }) => type !== 'speaking').map(({ type }) => type);
          if (heard.length > 0) problems.push(`${name}: ${person.name} of another room heard ${heard.join(', ')}`);
        }
      }
      for (const person of everybody()) {
        problems.push(...person.problems.splice(0));
        for (const type of ['peer-left', 'closed', 'peer-joined'] as const)
          if (person.client.all(type).length > 0) problems.push(`${name}: ${person.name} heard ${type}`);
      }
      // Somebody comes anew, so that the large room goes over to the new worker again.
      await comeAnew(fixture, identity, rooms, random);
      [entered, left] = [entered + 1, left + 1];
      await settled(groups, {
        at: performance.now(),
        within: WITHIN_MS,
        problems,
        when: `${name}, and one who comes anew`,
      });
      if (sound.length % 10 === 0) log(`${sound.length} of ${kills} kills, ${idleKills} of idle workers`);
    }
    const told = (type: string): number => fixture.told.filter(({ command }) => command.type === type).length;
    const facts = `${told('JoinLesson')} joins and ${told('LeaveLesson')} leaves`;
    if (facts !== `${entered} joins and ${left} leaves`)
      problems.push(`The lessons were told ${facts} of ${entered} and ${left}`);
    for (const person of everybody()) await person.client.ask('leave', {});
    const { rooms: open, peers } = fixture.sfu.stats();
    if (open > 0 || peers > 0) problems.push(`${open} rooms and ${peers} people are left`);
    for (const person of everybody()) person.close();
  } finally {
    await fixture.close();
    identity.forget();
  }
  return {
    kills: sound.length,
    idleKills,
    seed,
    people: Object.values(ROOMS).flat().length,
    moved,
    sound: timesOf(sound),
    pictures: timesOf(pictures),
    othersWaitedMs: Math.round(othersWaitedMs),
    problems,
    seconds: Math.round((Date.now() - began) / 1_000),
  };
}

async function openRooms(fixture: Fixture, identity: Identity): Promise<readonly Room[]> {
  const rooms: Room[] = [];
  for (const [lessonId, names] of Object.entries(ROOMS)) {
    const people = new Map<string, WireClient>();
    for (const name of names) people.set(name, await WireClient.enter(fixture, lessonId, name, identity));
    rooms.push({ lessonId, people });
  }
  return rooms;
}

async function comeAnew(
  fixture: Fixture,
  identity: Identity,
  rooms: readonly Room[],
  random: () => number,
): Promise<void> {
  const room = rooms[random() < 0.7 ? 0 : 1 + Math.floor(random() * 2)] ?? rooms[0];
  const names = [...(room?.people.keys() ?? [])];
  const name = names[Math.floor(random() * names.length)];
  const person = name === undefined ? undefined : room?.people.get(name);
  if (room === undefined || name === undefined || person === undefined) throw new Error('Nobody is there');
  await person.client.ask('leave', {});
  person.close();
  room.people.set(name, await WireClient.enter(fixture, room.lessonId, name, identity));
}
