/**
 * A lesson from behind bad firewalls, over two real relays: Debian's coturn as it is shipped. The student's Chromium
 * sits behind a firewall that drops what it does not let through; the tutor's has the whole network.
 */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { startBehindFirewall, type BehindFirewall } from '../support/behind-firewall.ts';
import { personPage, shootFailed } from '../support/browser.ts';
import { ASHA, enterLesson, paidLesson, TUTOR, type PaidLesson } from '../support/lesson.ts';
import { networksCanBeMade } from '../support/network.ts';
import { joinLesson, picturesAdvance } from '../support/pages.ts';
import { relayNames, watchWays, waysOf, type Way } from '../support/ways.ts';

/** ICE takes its time over ways that are silent. */
const PATIENT_MS = 60_000;

/** Nothing that is open can be cut without a real firewall. */
const CUTS = await networksCanBeMade();

let place: BehindFirewall;
let tutor: Page;
let student: Page;
let lesson: PaidLesson;
const complaints: string[] = [];

beforeAll(async () => {
  place = await startBehindFirewall(CUTS);
  const { url } = place.product;
  lesson = await paidLesson(url);
  tutor = await personPage(place.outside, complaints);
  student = await personPage(place.inside, complaints);
  await place.prepare(student);
  await watchWays(student);
  await enterLesson(tutor, url, TUTOR, lesson.code);
  await enterLesson(student, url, ASHA, lesson.code);
});
afterAll(() => place.close());
afterEach(async ({ task }) => shootFailed(task.result?.state, 'turn', { tutor, student }));

/** Waits until both connections of the student (sending, receiving) go by such a way. */
const goesBy = (what: string, fits: (way: Way) => boolean): Promise<unknown> =>
  until(
    `media by ${what}`,
    async () => {
      const ways = await waysOf(student);
      return ways.length === 2 && ways.every(fits);
    },
    PATIENT_MS,
  ).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; it goes by ${JSON.stringify(await waysOf(student))}`, { cause: error });
  });

const bothSee = (): Promise<unknown> =>
  Promise.all([picturesAdvance(tutor, 1, PATIENT_MS), picturesAdvance(student, 1, PATIENT_MS)]);

const joinAnew = (): Promise<void> => joinLesson(student, place.product.url, lesson.code);

describe('a lesson from behind a firewall', () => {
  it('[T1] [T4] goes straight to the media server where it can, with credentials of this person at hand', async () => {
    await bothSee();
    await goesBy('UDP, without a relay', ({ relayed, protocol }) => !relayed && protocol === 'udp');
    const names = await relayNames(student);
    expect(names).toHaveLength(2);
    for (const name of names) {
      const [expiry, , person] = name.split(':');
      expect(person).toBe(lesson.clients[0]?.personId);
      const seconds = Number(expiry) - Date.now() / 1_000;
      expect(seconds).toBeGreaterThan(700);
      expect(seconds).toBeLessThanOrEqual(900);
    }
  });

  if (CUTS)
    it('[T2] [T4] goes on when UDP is blocked in the middle of it, with credentials made for the restart', async () => {
      const before = await relayNames(student);
      await place.firewall('no-udp');
      await goesBy('TCP', ({ protocol }) => protocol === 'tcp' || protocol === 'tls');
      await bothSee();
      const after = await relayNames(student);
      const expiry = (name: string | undefined): number => Number(name?.split(':')[0]);
      for (const name of after) expect(expiry(name)).toBeGreaterThan(expiry(before[0]));
    });

  it('[T4] begins with UDP blocked', async () => {
    await place.firewall('no-udp');
    await joinAnew();
    await bothSee();
    await goesBy('TCP', ({ protocol }) => protocol === 'tcp' || protocol === 'tls');
  });

  if (CUTS)
    it('[T4] goes on when everything but TCP 443 is blocked in the middle of it: TLS to the first relay', async () => {
      await place.firewall('tcp-443-only');
      await goesBy('TLS to a relay', ({ relayed, protocol }) => relayed && protocol === 'tls');
      await bothSee();
    });

  it('[T4] begins with everything but TCP 443 blocked', async () => {
    await place.firewall('tcp-443-only');
    await joinAnew();
    await bothSee();
    await goesBy(
      'TLS to the first relay',
      ({ protocol, relay }) => protocol === 'tls' && relay.includes(place.addresses[0]),
    );
  });

  it('[T5] goes on over the second relay when the first is gone', async () => {
    await place.relays[0].end('SIGKILL');
    await goesBy(
      'TLS to the second relay',
      ({ protocol, relay }) => protocol === 'tls' && relay.includes(place.addresses[1]),
    );
    await bothSee();
  });

  it('[T5] begins over the second relay while the first is gone', async () => {
    await joinAnew();
    await bothSee();
    await goesBy(
      'TLS to the second relay',
      ({ protocol, relay }) => protocol === 'tls' && relay.includes(place.addresses[1]),
    );
    expect(complaints).toEqual([]);
  });
});
