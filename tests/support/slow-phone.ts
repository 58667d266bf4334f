/** A cheap phone on a slow mobile network: a sixth of this machine's speed, 400 kbit/s, 400 ms there and back, 360 px wide. */
import type { Browser, Page } from 'playwright-core';
import { CLEAR } from '../proxies/link.ts';
import { startBadNetwork, type BadNetwork } from './bad-network.ts';
import { personPage } from './browser.ts';
import { open, signInAs } from './pages.ts';
import type { Product } from './product.ts';
import { watchWays } from './ways.ts';

export interface SlowPhone {
  readonly page: Page;
  readonly network: BadNetwork;
  close(): Promise<void>;
}

export async function slowPhone(browser: Browser, product: Product, complaints: string[]): Promise<SlowPhone> {
  const network = await startBadNetwork(product, { ...CLEAR, delayMs: 200, bytesPerSecond: 50_000 });
  const page = await personPage(browser, complaints, { width: 360, height: 640, touch: true });
  page.setDefaultTimeout(60_000);
  await network.prepare(page);
  await watchWays(page);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  return {
    page,
    network,
    async close() {
      await page.context().close();
      await network.close();
    },
  };
}

/** @returns how long it took from opening the lesson's page, and from the tap that joins, until they are in, ms. */
export async function enterOnSlowPhone(
  { page, network }: SlowPhone,
  code: string,
  email: string,
): Promise<{ readonly fromOpening: number; readonly fromTap: number }> {
  await signInAs(page, network.url, email);
  const opened = performance.now();
  await open(page, `${network.url}/lessons/${code}`);
  const tapped = performance.now();
  await page.getByRole('button', { name: 'Join lesson' }).click();
  await page.locator('[data-phase="live"]').waitFor();
  const inside = performance.now();
  return { fromOpening: Math.round(inside - opened), fromTap: Math.round(inside - tapped) };
}
