/** Two pages of a real Chromium with fake cameras: media flows both ways, and the lesson is told what really flowed. */
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFixture, type Fixture } from './testing/fixture.server.ts';

let fixture: Fixture;
let browser: Browser;
let script: string;

beforeAll(async () => {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry: `${import.meta.dirname}/testing/page/client.ts`, formats: ['iife'], name: 'client' },
    },
  });
  const [output] = Array.isArray(result) ? result : [];
  const [chunk] = output?.output ?? [];
  if (chunk?.type !== 'chunk') throw new Error('The test page was not built');
  script = chunk.code;
  fixture = await startFixture();
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      '--disable-background-networking',
      '--disable-quic',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});
afterAll(async () => {
  await browser.close();
  await fixture.close();
});

/** Of two who are equally loud to the decibel the media worker names one, so everyone here has a loudness of their own. */
async function open(person: string, lessonId: string, source: 'camera' | null, loudness = 0): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(fixture.url);
  await page.addScriptTag({ content: script });
  await page.evaluate(([ticket, from, gain]) => window.join(ticket, from, gain), [
    fixture.ticket(person, { lessonId }),
    source,
    loudness,
  ] as const);
  return page;
}

const frames = (page: Page, person: string) => page.evaluate((id) => window.seen.frames[id] ?? 0, person);
const facts = (person: string) =>
  fixture.told.flatMap(({ command }) =>
    (command.type === 'StartMedia' || command.type === 'StopMedia') && command.data.personId === person
      ? [`${command.type} ${command.data.direction}`]
      : [],
  );

describe('real media', () => {
  it('[M1] [F1] flows both ways, reaches one who comes later, and its facts follow what flowed', async () => {
    const ann = await open('ann', 'lesson-1', 'camera', 0.1);
    const bob = await open('bob', 'lesson-1', 'camera', 0.5);
    await expect.poll(() => frames(ann, 'bob')).toBeGreaterThan(5);
    await expect.poll(() => frames(bob, 'ann')).toBeGreaterThan(5);
    const before = await frames(ann, 'bob');
    await expect.poll(() => frames(ann, 'bob')).toBeGreaterThan(before + 5);

    await expect.poll(() => bob.evaluate(() => window.seen.spoke)).toContain('ann');

    const cleo = await open('cleo', 'lesson-1', null);
    await expect.poll(() => frames(cleo, 'ann')).toBeGreaterThan(5);
    await expect.poll(() => frames(cleo, 'bob')).toBeGreaterThan(5);
    const firstFrameMs = await cleo.evaluate(() => window.seen.firstFrameMs);
    expect(firstFrameMs).toBeLessThan(15_000);

    await expect.poll(() => facts('ann')).toEqual(['StartMedia sent', 'StartMedia received']);
    await expect.poll(() => facts('cleo')).toEqual(['StartMedia received']);

    await ann.evaluate(() => window.stopSending());
    await expect.poll(() => facts('ann')).toContain('StopMedia sent');
    expect(facts('ann')).not.toContain('StopMedia received');

    await bob.close();
    await expect.poll(() => facts('bob')).toContain('StopMedia sent');
    await Promise.all([ann.close(), cleo.close()]);
    await expect.poll(() => fixture.sfu.stats()).toMatchObject({ rooms: 0, peers: 0 });
  });
});
