/** Kills the process that has a lesson's media, again and again, and says what it cost those who were in it. */
import { randomOf } from '#platform/random/seeded.ts';
import { Client as Signalling } from '#sfu/testing/fixture.server.ts';
import { WireClient, type Identity } from '#sfu/testing/wire-client.server.ts';
import { makeIdentity } from '#sfu/testing/wire-transport.server.ts';
import { signIn, type Answer, type Client } from '../support/api.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';
import { ASHA, paidLesson, ROHAN, TUTOR } from '../support/lesson.ts';
import { settled, sleep, timesOf, type People, type Times } from './everybody.ts';

export interface NodeKillReport {
  readonly kills: number;
  readonly seed: number;
  readonly people: number;
  /** Wall ms from the kill until everybody had everybody's microphone again, and everybody's camera too. */
  readonly sound: Times;
  readonly pictures: Times;
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** What is read of the answer to a join. */
interface Door {
  readonly ticket: string;
  readonly signalling: { readonly url: string };
}

const WITHIN_MS = 40_000;
/** What a node has not told of its people yet is lost with it: it tells every 5 s that they are there, wall ms. */
const UNSEEN_MS = 7_000;

/** Someone in the lesson, who comes back by themselves; sooner than the page does, which first tries the old address again. */
class Person {
  readonly personId: string;
  wire: WireClient | null = null;
  readonly #client: Client;
  readonly #code: string;
  readonly #identity: Identity;
  readonly #random: () => number;
  #left = false;

  constructor(client: Client, code: string, identity: Identity, random: () => number) {
    this.personId = client.personId;
    this.#client = client;
    this.#code = code;
    this.#identity = identity;
    this.#random = random;
  }

  /** Tries until it is in. */
  async enter(): Promise<void> {
    let avoid: string | null = null;
    for (let tries = 0; !this.#left; tries += 1) {
      if (tries > 0) await sleep(250 * (0.5 + this.#random() / 2));
      const { status, body }: Answer<Door> = await this.#client.post(
        `/api/v1/lessons/${this.#code}/join`,
        avoid === null ? {} : { avoid },
      );
      if (status !== 200) throw new Error(`The door answered ${status}`);
      try {
        const signalling = await Signalling.connect(body.signalling.url, body.ticket);
        this.wire = await WireClient.over(signalling, this.personId, this.#identity);
      } catch {
        avoid = body.signalling.url; // Nobody there, or another node has it: the door says where to go.
        continue;
      }
      const { wire } = this;
      wire.client.socket.once('disconnect', () => {
        if (this.#left) return;
        this.wire = null;
        wire.close();
        void this.enter();
      });
      return;
    }
  }

  async leave(): Promise<void> {
    this.#left = true;
    await this.wire?.client.ask('leave', {});
    this.wire?.close();
  }
}

export async function runNodeKills(settings: {
  readonly kills: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}): Promise<NodeKillReport> {
  const { kills, seed, log = () => undefined } = settings;
  const random = randomOf(seed);
  const began = Date.now();
  const identity = makeIdentity();
  const problems: string[] = [];
  const [sound, pictures]: [number[], number[]] = [[], []];
  const cluster = await startCluster(2);
  const people: Person[] = [];
  const groups = (): readonly People[] => [new Map(people.map(({ personId, wire }) => [personId, wire]))];
  try {
    const base = cluster.front.url;
    const lesson = await paidLesson(base, { students: [ASHA, ROHAN], before: -60_000 });
    const clients = [await signIn(base, TUTOR), ...lesson.clients];
    people.push(...clients.map((client) => new Person(client, lesson.code, identity, random)));
    const entered = Date.now();
    await Promise.all(people.map((person) => person.enter()));
    await settled(groups, { at: performance.now(), within: WITHIN_MS, problems, when: 'the beginning' });
    while (sound.length < kills && problems.length === 0) {
      await sleep(random() * 1_000);
      const url = await homeOf(clients[0], lesson.code);
      const node = cluster.media.get(url);
      if (node === undefined) throw new Error(`There is no node at ${url}`);
      cluster.media.delete(url);
      const at = performance.now();
      await node.kill();
      const back = await settled(groups, { at: at, within: WITHIN_MS, problems, when: `kill ${sound.length + 1}` });
      sound.push(back.sound);
      pictures.push(back.pictures);
      await cluster.addMedia();
      if (sound.length % 5 === 0) log(`${sound.length} of ${kills} kills`);
    }
    await Promise.all(people.map((person) => person.leave()));
    const lasted = Date.now() - entered;
    const away = pictures.reduce((sum, ms) => sum + ms + UNSEEN_MS, 0);
    await attended(
      cluster,
      lesson.code,
      people,
      { least: Math.max(1, lasted - away), most: lasted + UNSEEN_MS },
      problems,
    );
  } finally {
    await Promise.allSettled(people.map((person) => person.leave()));
    await cluster.close();
    identity.forget();
  }
  return {
    kills: sound.length,
    seed,
    people: people.length,
    sound: timesOf(sound),
    pictures: timesOf(pictures),
    problems,
    seconds: Math.round((Date.now() - began) / 1_000),
  };
}

async function homeOf(client: Client | undefined, code: string): Promise<string> {
  const answer = await client?.post<Door>(`/api/v1/lessons/${code}/join`);
  return answer?.body.signalling.url ?? '';
}

/** The lesson was told of everybody, for as long as they were there, and of nobody who is there still. */
async function attended(
  cluster: Cluster,
  code: string,
  people: readonly Person[],
  hereMs: { readonly least: number; readonly most: number },
  problems: string[],
): Promise<void> {
  const tutor = await signIn(cluster.front.url, TUTOR);
  type Row = {
    readonly personId: string;
    readonly here: readonly { readonly to: number | null }[];
    readonly hereMs: number;
  };
  const wrong = async (): Promise<string | null> => {
    const { body } = await tutor.get<{ attendance: readonly Row[] }>(`/api/v1/lessons/${code}`);
    for (const { personId } of people) {
      const row = body.attendance.find((one) => one.personId === personId);
      if (row === undefined) return `${personId} was never there`;
      if (row.here.some(({ to }) => to === null)) return `${personId} is there still`;
      if (row.hereMs < hereMs.least || row.hereMs > hereMs.most)
        return `${personId} was there for ${row.hereMs} ms, not for ${hereMs.least} to ${hereMs.most}`;
    }
    return null;
  };
  const until = Date.now() + WITHIN_MS;
  let last = await wrong();
  while (last !== null && Date.now() < until) {
    await sleep(500);
    last = await wrong();
  }
  if (last !== null) problems.push(last);
}
