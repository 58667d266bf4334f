/** Two pages of a real Chromium with fake cameras: media flows both ways, and the lesson is told what really flowed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFixture, type Fixture } from './testing/fixture.server.ts';

/** Chromium's own fake microphone beeps too rarely to count as speech: this one hums. */
const folder = mkdtempSync(join(tmpdir(), 'tone-'));
const tone = join(folder, 'tone.wav');

function writeTone(): void {
  const rate = 48_000;
  const samples = rate * 2;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); // PCM
  wav.writeUInt16LE(1, 22); // channels
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i += 1)
    wav.writeInt16LE(Math.round(9_000 * Math.sin((i * 330 * 2 * Math.PI) / rate)), 44 + i * 2);
  writeFileSync(tone, wav);
}

let fixture: Fixture;
let browser: Browser;
let script: string;

beforeAll(async () => {
  writeTone();
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
      `--use-file-for-fake-audio-capture=${tone}`,
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      '--disable-background-networking',
      '--disable-quic',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}, 60_000);
afterAll(async () => {
  await browser.close();
  await fixture.close();
  rmSync(folder, { recursive: true });
});

async function open(person: string, lessonId: string, source: 'camera' | null): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(fixture.url);
  await page.addScriptTag({ content: script });
  await page.evaluate(([ticket, from]) => window.join(ticket, from), [
    fixture.ticket(person, { lessonId }),
    source,
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
    const ann = await open('ann', 'lesson-1', 'camera');
    const bob = await open('bob', 'lesson-1', 'camera');
    await expect.poll(() => frames(ann, 'bob'), { timeout: 10_000 }).toBeGreaterThan(5);
    await expect.poll(() => frames(bob, 'ann'), { timeout: 10_000 }).toBeGreaterThan(5);
    const before = await frames(ann, 'bob');
    await expect.poll(() => frames(ann, 'bob'), { timeout: 5_000 }).toBeGreaterThan(before + 5);

    await expect.poll(() => bob.evaluate(() => window.seen.spoke), { timeout: 8_000 }).toContain('ann');

    const cleo = await open('cleo', 'lesson-1', null);
    await expect.poll(() => frames(cleo, 'ann'), { timeout: 10_000 }).toBeGreaterThan(5);
    await expect.poll(() => frames(cleo, 'bob'), { timeout: 10_000 }).toBeGreaterThan(5);
    const firstFrameMs = await cleo.evaluate(() => window.seen.firstFrameMs);
    expect(firstFrameMs).toBeLessThan(3_000);

    await expect.poll(() => facts('ann'), { timeout: 8_000 }).toEqual(['StartMedia sent', 'StartMedia received']);
    await expect.poll(() => facts('cleo'), { timeout: 8_000 }).toEqual(['StartMedia received']);

    await ann.evaluate(() => window.stopSending());
    await expect.poll(() => facts('ann'), { timeout: 8_000 }).toContain('StopMedia sent');
    expect(facts('ann')).not.toContain('StopMedia received');

    await bob.close();
    await expect.poll(() => facts('bob'), { timeout: 8_000 }).toContain('StopMedia sent');
    await Promise.all([ann.close(), cleo.close()]);
    await expect.poll(() => fixture.sfu.stats(), { timeout: 8_000 }).toMatchObject({ rooms: 0, peers: 0 });
  });
});
