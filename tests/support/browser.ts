/** Real Chromium from Debian, with a fake camera and microphone. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { removeData, type Product } from './product.ts';

export const CHROMIUM = '/usr/bin/chromium';

export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // Two pages share one window-less browser: none of them may be put to sleep.
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-background-timer-throttling',
];

export function needsChromium(): void {
  if (!existsSync(CHROMIUM)) throw new Error('The browser tests need Chromium: apt-get install chromium');
}

/** @param executablePath a program that starts Chromium in a place of its own, as `startNetwork` has one. */
export async function openBrowser(extra: readonly string[] = [], executablePath = CHROMIUM): Promise<Browser> {
  needsChromium();
  return chromium.launch({ executablePath, args: [...CHROMIUM_ARGS, ...extra] });
}

/** A browser of its own that has its profile in `folder`, as somebody's own has; another one may open the same later. */
export async function openProfile(folder: string): Promise<BrowserContext> {
  needsChromium();
  return chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM,
    args: [...CHROMIUM_ARGS],
    viewport: { width: 1280, height: 800 },
    timezoneId: 'Asia/Kolkata',
    locale: 'en-IN',
  });
}

/** SIGKILL for the browser that has its profile in `folder`: no chance to save anything. */
export function killProfile(folder: string): void {
  const isOurs = (pid: string): boolean => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return command.includes(`--user-data-dir=${folder}`);
    } catch {
      return false; // it has ended meanwhile
    }
  };
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOurs(name));
  if (pids.length === 0) throw new Error('That browser does not run');
  for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
}

/** `devices: false` is someone whose browser has neither camera nor microphone to give; `touch: true` has fingers. */
export async function personContext(
  browser: Browser,
  options: { width?: number; height?: number; dark?: boolean; devices?: boolean; touch?: boolean } = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.dark ? 'dark' : 'light',
    hasTouch: options.touch ?? false,
    timezoneId: 'Asia/Kolkata',
    locale: 'en-IN',
  });
  if (options.devices === false)
    await context.addInitScript(() => {
      const refuse = () => Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
      navigator.mediaDevices.getUserMedia = refuse;
    });
  return context;
}

/** A page of one more person. Into `complaints` go errors of its scripts, dialogs, and what its policy refused. */
export async function personPage(
  browser: Browser,
  complaints: string[],
  options: Parameters<typeof personContext>[1] = {},
): Promise<Page> {
  const context = await personContext(browser, options);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text());
  });
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return page;
}

/** Ends what a file of browser tests began, and takes its data away. */
export async function closeAll(browser: Browser, product: Product): Promise<void> {
  await browser.close();
  await product.stop();
  await removeData(product);
}

/** After a test that failed: what each page showed, as `test-results/<file>-<name>.png`. */
export async function shootFailed(
  state: string | undefined,
  file: string,
  pages: Readonly<Record<string, Page>>,
  options: { readonly fullPage?: boolean } = {},
): Promise<void> {
  if (state !== 'fail') return;
  for (const [name, page] of Object.entries(pages))
    await page.screenshot({ path: `test-results/${file}-${name}.png`, ...options });
}
