/** A covered camera and a microphone that gives nothing, in two real Chromiums: who is concerned is told, and the others see it. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { ASHA, TUTOR, enterLesson, paidLesson, type PaidLesson } from '../support/lesson.ts';
import { open, signInAs } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let tutor: Page;
let asha: Page;
let lesson: PaidLesson;
const complaints: string[] = [];

/** Runs in the page: devices that work, and give black frames and no sound until `cover(false)`. */
function coverDevices(): void {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [320, 240];
  const context = canvas.getContext('2d');
  let covered = true;
  let sound: GainNode | null = null;
  setInterval(() => {
    if (!context) return;
    context.fillStyle = covered ? '#000' : `hsl(${Math.floor(performance.now() / 10) % 360} 80% 60%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 100);
  Object.assign(window, {
    cover: (on: boolean) => {
      covered = on;
      if (sound) sound.gain.value = on ? 0 : 0.5;
    },
  });
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const tracks: MediaStreamTrack[] = [];
    if (wanted?.video) tracks.push(...canvas.captureStream(10).getVideoTracks());
    if (wanted?.audio) {
      const audio = new AudioContext();
      await audio.resume();
      const [tone, gain, out] = [audio.createOscillator(), audio.createGain(), audio.createMediaStreamDestination()];
      gain.gain.value = covered ? 0 : 0.5;
      tone.connect(gain).connect(out);
      tone.start();
      sound = gain;
      tracks.push(...out.stream.getAudioTracks());
    }
    return new MediaStream(tracks);
  };
}

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  lesson = await paidLesson(product.url, { students: [ASHA] });
  [tutor, asha] = [await personPage(browser, complaints), await personPage(browser, complaints)];
  await asha.context().addInitScript(coverDevices);
});

afterAll(() => closeAll(browser, product));
afterEach(({ task }) => shootFailed(task.result?.state, 'faults-failed', { tutor, asha }));

it('[W3] tells of a black camera and a silent microphone, shows them to the others, and forgets them when they end', async () => {
  await enterLesson(tutor, product.url, TUTOR, lesson.code);
  const said = (words: string): Promise<void> => asha.locator('.toasts').getByText(words).waitFor({ timeout: 120_000 });
  await Promise.all([
    said('Your camera shows a black picture'),
    said('Your microphone gives no sound'),
    enterLesson(asha, product.url, ASHA, lesson.code),
  ]);
  await asha.screenshot({ path: 'test-results/faults-own.png', animations: 'disabled' });
  await tutor.getByRole('tab', { name: /People/ }).click();
  await tutor.locator('[data-fault="camera-black"]').waitFor({ timeout: 60_000 });
  await tutor.locator('[data-fault="microphone-silent"]').waitFor({ timeout: 60_000 });
  await tutor.screenshot({ path: 'test-results/faults-theirs.png', animations: 'disabled' });
  // Her own devices work, so nobody is told otherwise.
  expect(await tutor.getByText('Your camera shows').count()).toBe(0);
  await asha.evaluate('window.cover(false)');
  await tutor.locator('[data-fault]').first().waitFor({ state: 'detached', timeout: 60_000 });
  await tutor.locator('[data-fault]').last().waitFor({ state: 'detached', timeout: 60_000 });
  expect(complaints).toEqual([]);
}, 300_000);

it('[TR3] [TR4] [TR5] gives a code to read to support, under which ops find how the connection went', async () => {
  await asha.keyboard.press('Shift+D');
  const sheet = asha.getByRole('dialog', { name: 'Your devices and sound' });
  const code = sheet.locator('[data-support-code]');
  await code.scrollIntoViewIfNeeded();
  const given = await code.innerText();
  expect(given).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}$/);
  await sheet.getByRole('button', { name: 'Copy' }).click();
  await asha.screenshot({ path: 'test-results/trace-code.png', animations: 'disabled' });
  await asha.setViewportSize({ width: 390, height: 844 });
  await code.scrollIntoViewIfNeeded();
  await asha.screenshot({ path: 'test-results/trace-code-phone.png', animations: 'disabled' });
  await asha.setViewportSize({ width: 1280, height: 800 });
  await asha.keyboard.press('Escape');

  const ops = await personPage(browser, complaints);
  await signInAs(ops, product.url, 'ops@demo.test');
  const find = async (words: string): Promise<void> => {
    await open(ops, `${product.url}/ops/traces`);
    await ops.getByRole('searchbox', { name: 'Support code' }).fill(words);
    await ops.getByRole('button', { name: 'Find' }).click();
  };
  await find('ZZZZ-ZZZZ');
  await ops.getByText('There is no trace with this code.').waitFor();
  await find(given.toLowerCase());
  await ops.locator(`[data-found="${given.replace('-', '')}"]`).waitFor();
  // What her browser agreed on, in her own words and without an address of hers.
  const told = ops.locator('li[data-event="report-sdp"]').first();
  await told.waitFor();
  expect(await told.innerText()).toMatch(/VP8|opus/i);
  expect(await ops.locator('ol').innerText()).not.toMatch(/ice-ufrag|ice-pwd|fingerprint/);
  await ops.screenshot({ path: 'test-results/trace-ops.png', animations: 'disabled', fullPage: true });
  await ops.setViewportSize({ width: 390, height: 844 });
  await ops.screenshot({ path: 'test-results/trace-ops-phone.png', animations: 'disabled' });
  await ops.getByLabel('Event').selectOption('join');
  await ops.locator('li[data-event="join"]').first().waitFor();
  expect(await ops.locator('ol > li').count()).toBe(await ops.locator('li[data-event="join"]').count());

  const other = await personPage(browser, complaints);
  await signInAs(other, product.url, ASHA);
  expect((await other.goto(`${product.url}/ops/traces?code=${given}`))?.status()).toBe(404);
  expect(complaints).toEqual([]);
});
