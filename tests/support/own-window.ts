/**
 * A Chromium with a window and tabs of its own, of which only one tab is seen at a time and none when it is minimised.
 * Playwright tells each page that it opens itself that it has the focus and is seen, whatever lies over it; it leaves pages
 * alone in a browser that it finds running (`noDefaults`).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { CHROMIUM, CHROMIUM_ARGS, needsChromium } from './browser.ts';
import { startChild } from './child.ts';

export interface OwnWindow {
  readonly page: Page;
  /** Brings another tab before it, empty. */
  lookElsewhere(): Promise<void>;
  /** The page again, wherever one was. */
  lookBack(): Promise<void>;
  minimise(): Promise<void>;
  close(): Promise<void>;
}

export async function openOwnWindow(): Promise<OwnWindow> {
  needsChromium();
  const folder = mkdtempSync(join(tmpdir(), 'nexused-window-'));
  const args = ['--headless=new', '--window-size=1280,900', '--remote-debugging-port=0', `--user-data-dir=${folder}`];
  // Chromium writes there at which port it listens, and under which path.
  const whereItIs = (): readonly string[] => readFileSync(join(folder, 'DevToolsActivePort'), 'utf8').split('\n');
  const child = await startChild(
    CHROMIUM,
    [...CHROMIUM_ARGS, ...args, 'about:blank'],
    {},
    async () => whereItIs().length > 1,
  );
  const [port, path] = whereItIs();
  const browser = await chromium.connectOverCDP(`ws://127.0.0.1:${port}${path}`, { noDefaults: true });
  const [context] = browser.contexts();
  if (!context) throw new Error('Chromium has no window');
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(30_000);
  const devtools = await context.newCDPSession(page);
  const { windowId } = await devtools.send('Browser.getWindowForTarget');
  const turn = (windowState: 'minimized' | 'normal'): Promise<unknown> =>
    devtools.send('Browser.setWindowBounds', { windowId, bounds: { windowState } });
  let other: Page | null = null;
  return {
    page,
    async lookElsewhere() {
      other ??= await context.newPage();
      await other.bringToFront();
    },
    async lookBack() {
      await turn('normal');
      await page.bringToFront();
    },
    minimise: async () => void (await turn('minimized')),
    async close() {
      await browser.close();
      await child.end('SIGTERM');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
