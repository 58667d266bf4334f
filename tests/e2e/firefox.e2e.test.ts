/** A lesson between a Chromium and a Firefox as Debian ships it: each sees, hears and reads the other. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { openFirefox, type Firefox } from '../support/firefox.ts';
import { ASHA, TUTOR, enterLesson, paidLesson, type PaidLesson } from '../support/lesson.ts';
import { playedLevel } from '../support/media.ts';
import { draw, picturesAdvance, strokesOn } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

/** The loudest moment of a tone or a voice is above it, of silence far below. */
const HEARD = 0.02;
/** Frames that are enough to say that a picture moves. */
const MOVES = 10;

let product: Product;
let browser: Browser;
let firefox: Firefox;
let tutor: Page;
let lesson: PaidLesson;
let student = '';
const complaints: string[] = [];

const shoot = async (name: string): Promise<void> => {
  mkdirSync('test-results', { recursive: true });
  writeFileSync(`test-results/${name}.png`, await firefox.screenshot());
};
const press = (name: string): Promise<void> =>
  firefox.evaluate((wanted) => {
    const button = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === wanted);
    if (!button) throw new Error(`There is no ${wanted}`);
    button.click();
  }, name);
/** What Firefox shows and plays of the tutor. */
const inFirefox = (personId: string) =>
  firefox.evaluate(async (id) => {
    const stream = document.querySelector<HTMLAudioElement>(`audio[data-person="${id}"]`)?.srcObject;
    const frames = Number(document.querySelector<HTMLElement>(`video[data-person="${id}"]`)?.dataset['frames'] ?? 0);
    if (!(stream instanceof MediaStream)) return { frames, level: 0 };
    const context = new AudioContext();
    await context.resume();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let level = 0;
    for (const end = performance.now() + 2_500; performance.now() < end;) {
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples) level = Math.max(level, Math.abs(sample));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await context.close();
    return { frames, level };
  }, personId);

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  firefox = await openFirefox();
  lesson = await paidLesson(product.url);
  tutor = await personPage(browser, complaints);
  await enterLesson(tutor, product.url, TUTOR, lesson.code);
});
afterAll(async () => {
  await firefox.close();
  await closeAll(browser, product);
});
afterEach(async ({ task }) => {
  await shootFailed(task.result?.state, 'firefox', { tutor });
  if (task.result?.state === 'fail') await shoot('firefox');
});

describe('a student with Firefox', () => {
  it('finds camera and microphone before the lesson, and sees that they are heard', async () => {
    await firefox.goto(`${product.url}/sign-in`);
    const status = await firefox.evaluate(
      async (email) =>
        (
          await fetch('/api/auth/sign-in/email', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ email, password: 'nexused-demo' }),
          })
        ).status,
      ASHA,
    );
    expect(status).toBe(200);
    await firefox.goto(`${product.url}/lessons/${lesson.code}`);
    const levels = (): Promise<number> =>
      firefox.evaluate(() => Number(document.querySelector('[role="meter"]')?.getAttribute('aria-valuenow') ?? 0));
    await until('the level of the microphone to move', async () => (await levels()) > 0, 30_000);
    await shoot('firefox-preview');
  });

  it('is seen and heard, sees and hears', async () => {
    await press('Join lesson');
    await picturesAdvance(tutor, 1, 60_000);
    student = (await tutor.locator('audio[data-person]').getAttribute('data-person')) ?? '';
    expect(student).not.toBe('');
    await until('the student to be heard', async () => (await playedLevel(tutor, student)) > HEARD, 30_000);
    const { frames } = await inFirefox(lesson.tutorId);
    await until(
      'the tutor to be seen and heard in Firefox',
      async () => {
        const now = await inFirefox(lesson.tutorId);
        return now.frames > frames + MOVES && now.level > HEARD;
      },
      60_000,
    );
    await shoot('firefox-lesson');
  });

  it('has the board and the chat of the lesson', async () => {
    await draw(tutor, 0.4);
    expect(await strokesOn(tutor)).toBe(1);
    const strokes = (): Promise<number> =>
      firefox.evaluate(() => Number(document.querySelector<HTMLElement>('[data-strokes]')?.dataset['strokes'] ?? 0));
    await until('the stroke in Firefox', async () => (await strokes()) === 1, 30_000);
    await firefox.evaluate(() => {
      const box = document.querySelector<HTMLTextAreaElement>('section.chat textarea');
      if (!box) throw new Error('There is no chat');
      box.value = 'Hello from Firefox';
      box.dispatchEvent(new InputEvent('input', { bubbles: true }));
    });
    await press('Send');
    await tutor.getByText('Hello from Firefox').waitFor({ timeout: 30_000 });
  });
});
