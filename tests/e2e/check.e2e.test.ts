/** The connectivity test, in a browser that nobody is signed in with: all well, and each thing that may be the matter. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/api.ts';
import { startBehindFirewall, type BehindFirewall } from '../support/behind-firewall.ts';
import { personPage, shootFailed } from '../support/browser.ts';
import { networksCanBeMade } from '../support/network.ts';
import { open, signInAs } from '../support/pages.ts';

/** Ways that are blocked are waited for, one after the other. */
const PATIENT_MS = 90_000;

/** Otherwise the relays are on the loopback, where a browser that distrusts their certificate may not reach them. */
const NETWORK = await networksCanBeMade();

let place: BehindFirewall;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  place = await startBehindFirewall(NETWORK);
});
afterAll(() => place.close());
afterEach(async ({ task }) => {
  await shootFailed(task.result?.state, 'check', { page }, { fullPage: true });
  await page.context().close();
});

const finding = (id: string): Promise<string | null> =>
  page.locator(`[data-step="${id}"]`).getAttribute('data-finding');
const found = async (): Promise<Record<string, string | null>> =>
  Object.fromEntries(
    await page
      .locator('main [data-step]')
      .evaluateAll((steps) =>
        steps.map((step) => [step.getAttribute('data-step'), step.getAttribute('data-finding')] as const),
      ),
  );
/** Opens the page, runs the test, and waits for its verdict. */
async function check(): Promise<string> {
  await open(page, `${place.product.url}/check`);
  await page.getByRole('button', { name: 'Start the check' }).click();
  return verdict();
}
async function verdict(): Promise<string> {
  const done = page.locator('main[data-check]:not([data-check="idle"]):not([data-check="running"])');
  await done.waitFor({ timeout: PATIENT_MS });
  return (await done.getAttribute('data-check')) ?? '';
}
const code = async (): Promise<string> => (await page.locator('main code').first().textContent()) ?? '';
const violations = async (): Promise<unknown[]> =>
  (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);

describe('the connectivity test', () => {
  it('[CK5] finds all well, asks whether the sound was heard, and gives a code under which ops read the same', async () => {
    page = await personPage(place.outside, complaints);
    expect(await check()).toBe('ready');
    expect(await found()).toEqual({
      browser: 'complete',
      camera: 'works',
      microphone: 'heard',
      speaker: 'ready',
      signalling: 'connected',
      udp: 'open',
      tcp: 'open',
      // This browser does not take the relays' certificate, and UDP to them is open.
      relay: NETWORK ? 'open' : expect.stringMatching(/^(open|blocked)$/),
      quality: expect.stringMatching(/^(good|low)$/),
    });
    await page.getByRole('button', { name: 'Play a sound' }).click();
    await page.getByRole('button', { name: 'I heard it' }).click();
    await expect.poll(() => finding('speaker')).toBe('heard');
    await page.locator('[data-kept="yes"]').waitFor();
    expect(await violations()).toEqual([]);
    const given = await code();
    expect(given).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}$/);

    const ops = await personPage(place.outside, complaints);
    await signInAs(ops, place.product.url, 'ops@demo.test');
    await open(ops, `${place.product.url}/ops/checks`);
    await ops.getByRole('searchbox', { name: 'Code' }).fill(given.toLowerCase());
    await ops.getByRole('button', { name: 'Find' }).click();
    await ops.locator(`[data-found="${given.replace('-', '')}"]`).waitFor();
    await expect.poll(() => ops.locator('tr[data-step="speaker"]').getAttribute('data-state')).toBe('ok');
    expect(await ops.locator('tr[data-step="udp"]').getAttribute('data-state')).toBe('ok');
    await ops.context().close();
    expect(complaints).toEqual([]);
  });

  it('[CK5] camera and microphone refused: says what to do, the network is measured all the same, and a second try works', async () => {
    page = await personPage(place.outside, complaints, { width: 390, height: 844, dark: true });
    await page.addInitScript(() => {
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      let refusing = 2;
      navigator.mediaDevices.getUserMedia = (constraints) =>
        (refusing -= 1) >= 0
          ? Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))
          : real(constraints);
    });
    expect(await check()).toBe('listen');
    expect(await found()).toMatchObject({ camera: 'refused', microphone: 'refused', udp: 'open' });
    await page.getByText('The browser may not use your camera.').waitFor();
    await page.getByText(/allow the camera, and try again/).waitFor();
    const { width, viewport } = await page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      viewport: innerWidth,
    }));
    expect(width).toBeLessThanOrEqual(viewport);
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Try again: Camera' }).click();
    await expect.poll(() => finding('camera')).toBe('works');
    expect(await verdict()).toBe('limited');
  });

  it('[CK5] signalling blocked: says so, tries nothing over it, and gives a code all the same', async () => {
    page = await personPage(place.outside, complaints);
    await page.routeWebSocket(/\/signalling\//, (socket) => socket.close());
    expect(await check()).toBe('not-ready');
    expect(await found()).toMatchObject({
      signalling: 'blocked',
      udp: 'no-signalling',
      relay: 'no-signalling',
      quality: 'no-signalling',
      camera: 'works',
    });
    await page.getByText(/blocks WebSockets/).waitFor();
    await page.locator('[data-kept="yes"]').waitFor();
    expect(await code()).toMatch(/-/);
  });

  it('[CK5] UDP blocked: the fast way is marked, TCP and the relay are open, and the lesson would work', async () => {
    page = await personPage(place.inside, complaints);
    await place.prepare(page);
    await place.firewall('no-udp');
    expect(await check()).toBe('ready');
    expect(await found()).toMatchObject({ signalling: 'connected', udp: 'blocked', tcp: 'open', relay: 'open' });
    expect(await page.locator('[data-step="udp"]').getAttribute('data-state')).toBe('warn');
    expect(['good', 'low']).toContain(await finding('quality'));
  });

  it('[CK5] everything but TCP 443 blocked: only the relay is open, and quality is measured over it', async () => {
    page = await personPage(place.inside, complaints);
    await place.prepare(page);
    await place.firewall('tcp-443-only');
    expect(await check()).toBe('ready');
    expect(await found()).toMatchObject({ udp: 'blocked', tcp: 'blocked', relay: 'open' });
    expect(['good', 'low']).toContain(await finding('quality'));
  });
});

describe('a hand at the server of the connectivity test', () => {
  it('[CK2] [CK3] gives tests to one address only so often, and takes no result without its ticket or in another shape', async () => {
    page = await personPage(place.outside, complaints);
    const start = () => ask<{ code: string; ticket: string }>(`${place.product.url}/api/v1/checks`, { method: 'POST' });
    const first = await start();
    const put = (body: unknown) =>
      ask<{ code: string }>(`${place.product.url}/api/v1/checks/${first.body.code}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const figures = { signallingMs: null, rttMs: null, lossUp: null, lossDown: null, up: null, down: null };
    const report = { steps: [], figures, browser: 'x' };
    expect((await put({ ticket: `${first.body.ticket}x`, report })).status).toBe(403);
    expect((await put({ ticket: first.body.ticket, report: { ...report, browser: 'x'.repeat(301) } })).status).toBe(
      400,
    );
    expect((await put({ ticket: first.body.ticket, report, more: 'y'.repeat(9_000) })).status).toBe(413);
    expect((await put({ ticket: first.body.ticket, report })).status).toBe(200);
    const statuses: number[] = [];
    for (let index = 0; index < 14; index += 1) statuses.push((await start()).status);
    expect(statuses.at(-1)).toBe(429);
  });
});
