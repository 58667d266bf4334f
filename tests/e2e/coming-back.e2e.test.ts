/**
 * One's own devices and what is done to their sound, before a lesson and in it; and what breaks in its middle and mends: a
 * microphone that was taken away, another network, another tab.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { ASHA, enterLesson, paidLesson, TUTOR, type PaidLesson } from '../support/lesson.ts';
import { joinLesson, open, picturesAdvance, signInAs } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';
import { recordVoiceByFan, sentLoudness } from '../support/voice.ts';
import { watchWays } from '../support/ways.ts';

declare global {
  interface Window {
    microphones?: MediaStreamTrack[];
    cameras?: MediaStreamTrack[];
    /** The browser wants a tap before it gives a microphone. */
    wantsTap?: boolean;
    askedOfDevices?: { readonly sinks: string[]; readonly blurs: boolean[]; readonly microphones: string[] };
    /** The noise filter takes longer than the sound that it makes. */
    slowFilter?: boolean;
    /** Changes what the browser says of its devices. */
    listDevices?: (all: MediaDeviceInfo[]) => MediaDeviceInfo[];
  }
}

let product: Product;
let browser: Browser;
let tutor: Page;
let student: Page;
let lesson: PaidLesson;
const complaints: string[] = [];

/** Keeps the tracks that the page was given, so that a test takes them away as a phone call or a pulled plug does. */
const watchTracks = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const given: MediaStreamTrack[] = [];
    window.microphones = given;
    const cameras: MediaStreamTrack[] = [];
    window.cameras = cameras;
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      if (window.wantsTap === true) throw new DOMException('Permission denied', 'NotAllowedError');
      const stream = await real(constraints);
      given.push(...stream.getAudioTracks());
      cameras.push(...stream.getVideoTracks());
      return stream;
    };
  });

/** What a page asks of its devices, and a list of devices that a test changes. */
const watchDevices = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const asked: { sinks: string[]; blurs: boolean[]; microphones: string[] } = {
      sinks: [],
      blurs: [],
      microphones: [],
    };
    window.askedOfDevices = asked;
    const setSinkId = HTMLMediaElement.prototype.setSinkId;
    HTMLMediaElement.prototype.setSinkId = function (id) {
      asked.sinks.push(id);
      return setSinkId.call(this, id);
    };
    const { enumerateDevices, getUserMedia } = MediaDevices.prototype;
    MediaDevices.prototype.getUserMedia = function (constraints) {
      const audio = constraints?.audio;
      const wanted = typeof audio === 'object' ? audio.deviceId : undefined;
      if (typeof wanted === 'object' && 'ideal' in wanted) asked.microphones.push(String(wanted.ideal));
      return getUserMedia.call(this, constraints);
    };
    MediaDevices.prototype.enumerateDevices = async function () {
      const all = await enumerateDevices.call(this);
      return (window.listDevices ?? ((list) => list))(all);
    };
    // A browser that can blur; only where a test says so.
    const { getCapabilities, getSettings, applyConstraints } = MediaStreamTrack.prototype;
    let blurred = false;
    const can = (track: MediaStreamTrack): boolean =>
      track.kind === 'video' && localStorage.getItem('test-blur') !== null;
    MediaStreamTrack.prototype.getCapabilities = function () {
      return { ...getCapabilities.call(this), ...(can(this) ? { backgroundBlur: [false, true] } : {}) };
    };
    MediaStreamTrack.prototype.getSettings = function () {
      return { ...getSettings.call(this), ...(can(this) ? { backgroundBlur: blurred } : {}) };
    };
    MediaStreamTrack.prototype.applyConstraints = async function (constraints) {
      if (constraints === undefined || !('backgroundBlur' in constraints))
        return applyConstraints.call(this, constraints);
      blurred = constraints.backgroundBlur === true;
      asked.blurs.push(blurred);
    };
  });

const takeAway = (page: Page, wantsTap: boolean, kind: 'microphones' | 'cameras' = 'microphones'): Promise<unknown> =>
  page.evaluate(
    ([tap, which]) => {
      window.wantsTap = tap;
      const track = window[which]?.at(-1);
      track?.stop();
      track?.dispatchEvent(new Event('ended'));
    },
    [wantsTap, kind] as const,
  );

/** Bytes of sound that have come in so far, over all connections of the page. */
const heard = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    let bytes = 0;
    for (const connection of window.peerConnections ?? [])
      for (const stat of (await connection.getStats()).values())
        if (stat.type === 'inbound-rtp' && stat.kind === 'audio') bytes += stat.bytesReceived;
    return bytes;
  });
const hearsMore = async (page: Page): Promise<unknown> => {
  const before = await heard(page);
  return until('sound to arrive', async () => (await heard(page)) > before + 2_000, 30_000);
};

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  lesson = await paidLesson(product.url);
  tutor = await personPage(browser, complaints);
  student = await personPage(browser, complaints);
  await watchWays(tutor);
  await watchTracks(student);
  await watchWays(student);
  await enterLesson(tutor, product.url, TUTOR, lesson.code);
  await enterLesson(student, product.url, ASHA, lesson.code);
});
afterAll(() => closeAll(browser, product));
afterEach(async ({ task }) => shootFailed(task.result?.state, 'coming-back', { tutor, student }));

const axe = async (page: Page): Promise<unknown[]> =>
  (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
const shot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: `test-results/devices-${name}.png`, animations: 'disabled', fullPage: true });
const changed = (page: Page): Promise<unknown> =>
  page.evaluate(() => navigator.mediaDevices.dispatchEvent(new Event('devicechange')));
/** What the track that is sent says of itself. */
const sentSettings = (page: Page): Promise<MediaTrackSettings> =>
  page.evaluate(() => {
    const senders = (window.peerConnections ?? [])
      .filter(({ connectionState }) => connectionState === 'connected')
      .flatMap((connection) => connection.getSenders());
    return senders.find(({ track }) => track?.kind === 'audio')?.track?.getSettings() ?? {};
  });

describe('one’s own devices', () => {
  it('a speaker is chosen, tried out and remembered; one that is pulled out is told, and so is a new microphone', async () => {
    const preview = await student.context().newPage();
    await watchDevices(preview);
    await open(preview, `${product.url}/lessons/${lesson.code}`);
    const speaker = preview.getByLabel('Speaker');
    await speaker.selectOption({ label: 'Fake Audio Output 1' });
    const id = await speaker.inputValue();
    await preview.getByRole('button', { name: 'Play a sound' }).click();
    await preview.getByText('Did you hear it?').waitFor();
    expect(await preview.evaluate(() => window.askedOfDevices?.sinks)).toEqual([id]);
    await preview.getByRole('button', { name: 'No', exact: true }).click();
    await preview.getByText('Turn the volume up').waitFor();
    await preview.getByRole('button', { name: 'Play a sound' }).click();
    await preview.getByRole('button', { name: 'Yes, I heard it' }).click();
    await preview.getByText('This is where you hear the others').waitFor();

    await open(preview, preview.url());
    await until('the speaker to be remembered', async () => (await speaker.inputValue()) === id);
    await preview.evaluate((gone) => (window.listDevices = (all) => all.filter((one) => one.deviceId !== gone)), id);
    await changed(preview);
    await preview.getByText('“Fake Audio Output 1” is gone').waitFor();
    expect(await speaker.inputValue()).not.toBe(id);
    await preview.evaluate(() => (window.listDevices = (all) => all));
    await changed(preview);
    await until('the speaker to be used again', async () => (await speaker.inputValue()) === id);

    await preview.evaluate(() => {
      const fields = { deviceId: 'headset', groupId: '', kind: 'audioinput', label: 'Headset' } as const;
      window.listDevices = (all) => [...all, { ...fields, toJSON: () => fields }];
    });
    await changed(preview);
    await preview.getByText('New microphone: “Headset”').waitFor();
    await preview.getByRole('button', { name: 'Use it' }).first().click();
    await until('the new one to be asked for', () =>
      preview.evaluate(() => window.askedOfDevices?.microphones.at(-1) === 'headset'),
    );
    await shot(preview, 'preview');
    await preview.close();
  });

  it('the background is blurred where the browser can, and only there it is offered', async () => {
    const preview = await student.context().newPage();
    await watchDevices(preview);
    await open(preview, `${product.url}/lessons/${lesson.code}`);
    const blur = preview.getByRole('checkbox', { name: 'Blur what is behind you' });
    await preview.getByText('Sound and background').click();
    await preview.getByRole('checkbox', { name: 'Echo cancellation' }).waitFor();
    expect(await blur.count()).toBe(0);
    await preview.evaluate(() => localStorage.setItem('test-blur', ''));
    await open(preview, preview.url());
    await preview.getByText('Sound and background').click();
    await blur.check();
    await until('the camera to be told', () => preview.evaluate(() => window.askedOfDevices?.blurs.at(-1) === true));
    expect(await axe(preview)).toEqual([]);
    await preview.setViewportSize({ width: 390, height: 844 });
    await shot(preview, 'preview-phone');
    await preview.setViewportSize({ width: 1280, height: 800 });
    await open(preview, preview.url());
    await until('it to be remembered', () => preview.evaluate(() => window.askedOfDevices?.blurs.at(-1) === true));
    await preview.evaluate(() => localStorage.removeItem('test-blur'));
    await preview.close();
  });

  it('what is done to the sound is switched while one is heard, with the keys alone', async () => {
    const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    expect(await sentSettings(student)).toMatchObject(wanted);
    await student.evaluate(() =>
      document.activeElement instanceof HTMLElement ? document.activeElement.blur() : null,
    );
    await student.keyboard.press('Shift+D');
    const sheet = student.getByRole('dialog', { name: 'Your devices and sound' });
    const echo = sheet.getByRole('checkbox', { name: 'Echo cancellation' });
    await echo.focus();
    await student.keyboard.press('Space');
    await until('the echo to stay', async () => (await sentSettings(student)).echoCancellation === false);
    expect(await sentSettings(student)).toMatchObject({ noiseSuppression: true, autoGainControl: true });
    await hearsMore(tutor);
    await shot(student, 'sheet');
    expect(await axe(student)).toEqual([]);
    await student.setViewportSize({ width: 390, height: 844 });
    await shot(student, 'sheet-phone');
    await student.setViewportSize({ width: 1280, height: 800 });
    await echo.check();
    await until('the echo to go', async () => (await sentSettings(student)).echoCancellation === true);
    for (const name of ['Noise suppression', 'Automatic volume']) {
      await sheet.getByRole('checkbox', { name }).uncheck();
      const key = name === 'Noise suppression' ? 'noiseSuppression' : 'autoGainControl';
      await until(name, async () => (await sentSettings(student))[key] === false);
      await sheet.getByRole('checkbox', { name }).check();
      await until(name, async () => (await sentSettings(student))[key] === true);
    }
    await student.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
  });
});

describe('what breaks in the middle of a lesson', () => {
  it('a microphone that was taken away for a moment is sent again by itself', async () => {
    await hearsMore(tutor);
    const given = (): Promise<number> => student.evaluate(() => window.microphones?.length ?? 0);
    const before = await given();
    await takeAway(student, false);
    await until('another microphone', async () => (await given()) === before + 1);
    await hearsMore(tutor);
    expect(await student.getByText('Nobody hears you').count()).toBe(0);
  });

  it('a microphone that the browser gives back only for a tap is asked for with a tap, and heard again', async () => {
    await takeAway(student, true);
    await student.getByText('Nobody hears you').waitFor();
    await student.evaluate(() => (window.wantsTap = false));
    await student.getByRole('button', { name: 'Speak again' }).click();
    await student.getByText('You are heard again').waitFor();
    await hearsMore(tutor);
  });

  it('a camera that was pulled out is told, and seen again when it is back and switched on', async () => {
    await takeAway(student, true, 'cameras');
    await student.getByText('The camera was disconnected').waitFor();
    const picture = tutor.locator(`video[data-person="${lesson.clients[0]?.personId}"]`);
    await picture.waitFor({ state: 'detached' });
    await student.evaluate(() => (window.wantsTap = false));
    await student.getByRole('button', { name: 'Turn camera on' }).click();
    await picture.waitFor();
    await picturesAdvance(tutor, 1);
    // Pulled out and in again: nobody has to do anything.
    await takeAway(student, false, 'cameras');
    await until('another camera', () => student.evaluate(() => window.cameras?.at(-1)?.readyState === 'live'));
    await picturesAdvance(tutor, 1);
  });

  it('another network finds another way at once, without leaving the lesson', async () => {
    const ufrags = (): Promise<readonly string[]> =>
      student.evaluate(() =>
        (window.peerConnections ?? [])
          .filter(({ connectionState }) => connectionState === 'connected')
          .map(({ localDescription }) => /a=ice-ufrag:(\S+)/.exec(localDescription?.sdp ?? '')?.[1] ?? ''),
      );
    const before = await ufrags();
    expect(before).toHaveLength(2);
    await student.evaluate(() => globalThis.dispatchEvent(new Event('online')));
    await until('other ways', async () => {
      const now = await ufrags();
      return now.length === 2 && now.every((ufrag) => !before.includes(ufrag));
    });
    await Promise.all([picturesAdvance(tutor, 1), picturesAdvance(student, 1), hearsMore(tutor)]);
    expect(await student.locator('[data-phase="live"]').count()).toBe(1);
  });

  it('a second tab takes over, the first one says so and can take it back; the others see one person throughout', async () => {
    const second = await student.context().newPage();
    const face = tutor.locator(`video[data-person="${lesson.clients[0]?.personId}"]`);
    const oneFace = (): Promise<unknown> => until('one face', async () => (await face.count()) === 1);
    await second.goto(`${product.url}/lessons/${lesson.code}`);
    await second.getByRole('button', { name: 'Join lesson' }).click();
    await second.locator('[data-phase="live"]').waitFor();
    await student.getByText('You joined in another place').waitFor();
    await picturesAdvance(second, 1);
    await picturesAdvance(tutor, 1);
    await oneFace();
    await student.getByRole('button', { name: 'Use this one instead' }).click();
    await second.getByText('You joined in another place').waitFor();
    await student.locator('[data-phase="live"]').waitFor();
    await picturesAdvance(tutor, 1);
    await oneFace();
  });
});

/** A browser whose microphone hears somebody speak beside a fan. */
describe('a voice beside a fan', () => {
  let folder = '';
  let loud: Browser;
  let page: Page;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nexused-voice-'));
    const file = join(folder, 'fan.wav');
    await recordVoiceByFan(file, { voice: 0.12, fan: 0.012 });
    loud = await openBrowser([`--use-file-for-fake-audio-capture=${file}`]);
    page = await personPage(loud, complaints);
    await watchWays(page);
    await signInAs(page, product.url, ASHA);
  });
  afterAll(async () => {
    await loud.close();
    await rm(folder, { recursive: true });
  });
  afterEach(async ({ task }) => shootFailed(task.result?.state, 'voice', { page }));

  it('the stronger filter takes the fan away and leaves the voice, tells that it is on, and is off again at once', async () => {
    await joinLesson(page, product.url, lesson.code);
    await page.getByRole('button', { name: 'Your devices and sound' }).first().click();
    // The filter alone is measured.
    for (const name of ['Noise suppression', 'Automatic volume', 'Echo cancellation'])
      await page.getByRole('checkbox', { name }).uncheck();
    // Each switch may open the microphone anew, and the one before ends.
    const off = { noiseSuppression: false, autoGainControl: false, echoCancellation: false };
    await expect.poll(() => sentSettings(page)).toMatchObject(off);
    const plain = await sentLoudness(page);
    const strong = page.getByRole('checkbox', { name: 'Stronger noise filter' });
    await strong.check();
    await page.locator('[data-filter="on"]').waitFor();
    await page.waitForTimeout(1_500);
    const filtered = await sentLoudness(page);
    console.info('voice by a fan, dB:', JSON.stringify({ plain, filtered }));
    expect(plain.pause - filtered.pause).toBeGreaterThan(15);
    expect(Math.abs(filtered.voice - plain.voice)).toBeLessThan(3);
    await hearsMore(tutor);
    await shot(page, 'filter');
    await strong.uncheck();
    await page.locator('[data-filter="off"]').waitFor();
    const after = await sentLoudness(page);
    expect(Math.abs(after.pause - plain.pause)).toBeLessThan(2);
  });

  it('gives the filter up where it does not start or the device does not carry it, says so, and one is heard as before', async () => {
    // What a worklet loads cannot be changed on its way; so this page may load what a test makes up.
    const context = await loud.newContext({ bypassCSP: true });
    const slow = await context.newPage();
    await slow.addInitScript(() => {
      const addModule = AudioWorklet.prototype.addModule;
      AudioWorklet.prototype.addModule = async function (url) {
        if (window.slowFilter === true && String(url).includes('workletProcessor')) {
          // Each turn takes longer than the sound that it makes.
          const source = `const real = registerProcessor;
            globalThis.registerProcessor = (name, Given) => real(name, class extends Given {
              process(...given) {
                const end = Date.now() + 4;
                while (Date.now() < end);
                return super.process(...given);
              }
            });`;
          await addModule.call(this, URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
        }
        return addModule.call(this, url);
      };
    });
    await signInAs(slow, product.url, ASHA);
    await open(slow, `${product.url}/lessons/${lesson.code}`);
    await slow.getByText('Sound and background').click();
    const strong = slow.getByRole('checkbox', { name: 'Stronger noise filter' });
    // Something else than the filter is loaded: nothing would be heard through it.
    await slow.route(/rnnoise.*\.wasm/, (route) => route.fulfill({ status: 502, body: 'Bad gateway' }));
    await strong.check();
    await slow.getByText('It could not be started in this browser').waitFor();
    await until('the switch to be off', async () => !(await strong.isChecked()));
    await slow.unroute(/rnnoise.*\.wasm/);
    await slow.evaluate(() => (window.slowFilter = true));
    await strong.check();
    await slow.getByText('This device is too slow for it just now').waitFor();
    await slow.getByText('This device is too slow for it').first().waitFor();
    expect(await strong.isDisabled()).toBe(true);
    const meter = slow.getByRole('meter', { name: 'Microphone level' });
    await until('the voice to be heard', async () => Number(await meter.getAttribute('aria-valuenow')) > 40);
    await shot(slow, 'too-slow');
    await context.close();
  });
});

it('did all this without an error on any page', () => {
  expect(complaints).toEqual([]);
});
