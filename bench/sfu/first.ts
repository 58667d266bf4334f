/** From the call that joins to the first picture: ours, connected ahead and not, beside signalling in steps. */
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { CLEAR } from '../../tests/proxies/link.ts';
import { startBadNetwork, type BadNetwork } from '../../tests/support/bad-network.ts';
import { openBrowser } from '../../tests/support/browser.ts';
import { until } from '../../tests/support/api.ts';
import { rounded } from '../events/measure.ts';
import { tickets } from '#sfu/testing/fixture.server.ts';
import { served, type Served } from './served.ts';
import { p95, type Say } from './tools.ts';
import type {} from '#sfu/testing/page/client.ts';
import type {} from './step-page.ts';

export const FIRST_TARGETS = { p95Ms: 300, ofSteps: 1 / 3 } as const;

const WAYS = ['ahead', 'cold', 'steps'] as const;
type Way = (typeof WAYS)[number];

async function bundle(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'client' } },
  });
  const [output] = Array.isArray(result) ? result : [];
  const [chunk] = output?.output ?? [];
  if (chunk?.type !== 'chunk') throw new Error(`${entry} was not built`);
  return chunk.code;
}

interface Stage {
  readonly browser: Browser;
  readonly scripts: Readonly<Record<Way, string>>;
  readonly servers: Readonly<Record<Way, Served>>;
}

const ticketOf = (personId: string): string => {
  const expiresAt = Date.now() + 3_600_000;
  return tickets.sign({
    lessonId: 'lesson-1',
    personId,
    name: personId,
    role: 'participant',
    documents: {},
    expiresAt,
  });
};

async function openPage({ browser, scripts }: Stage, way: Way, url: string, network: BadNetwork | null): Promise<Page> {
  const page = await browser.newPage();
  if (network !== null) await network.prepare(page);
  await page.goto(url);
  await page.addScriptTag({ content: scripts[way] });
  return page;
}

let visitors = 0;

async function once(stage: Stage, way: Way, network: BadNetwork | null): Promise<number> {
  const page = await openPage(stage, way, network?.url ?? stage.servers[way].url, network);
  visitors += 1;
  const ticket = ticketOf(`visitor-${visitors}`);
  if (way === 'ahead') await page.evaluate((one) => window.prepare(one), ticket);
  if (way === 'steps') await page.evaluate(() => window.stepJoin(false));
  else await page.evaluate((one) => window.join(one, null, 0), ticket);
  const ms = await until('a picture', () =>
    page.evaluate((steps) => (steps ? window.stepFirstFrameMs : window.seen.firstFrameMs), way === 'steps'),
  );
  await page.close();
  return Math.round(ms);
}

/** Who sends is on the loopback; whoever joins may be far away. */
async function measureAt(stage: Stage, delayMs: number, rounds: number, say: Say) {
  const all: Record<Way, number[]> = { ahead: [], cold: [], steps: [] };
  const networks = new Map<Way, BadNetwork>();
  if (delayMs > 0)
    for (const way of WAYS) {
      const { url, mediaPort } = stage.servers[way];
      const output = (): string => `"port":${mediaPort} Media worker listening`;
      networks.set(way, await startBadNetwork({ url, output }, { ...CLEAR, delayMs }));
    }
  for (let round = 0; round < rounds; round += 1)
    for (const way of round % 2 === 0 ? WAYS : WAYS.toReversed())
      all[way].push(await once(stage, way, networks.get(way) ?? null));
  for (const network of networks.values()) await network.close();
  const found = { ahead: p95(all.ahead), cold: p95(all.cold), steps: p95(all.steps) };
  const ofSteps = rounded(found.ahead.p95 / found.steps.p95, 3);
  say(`  ${2 * delayMs} ms: ahead ${found.ahead.p95}, cold ${found.cold.p95}, in steps ${found.steps.p95} ms (p95)`);
  return { ...found, ofSteps, coldOfSteps: rounded(found.cold.p95 / found.steps.p95, 3), all };
}

export async function measureFirst(quick: boolean, say: Say) {
  const ours = await served('serve.ts');
  const steps = await served('step-server.ts');
  const browser = await openBrowser();
  try {
    const client = await bundle(`${import.meta.dirname}/../../sfu/testing/page/client.ts`);
    const stage: Stage = {
      browser,
      scripts: { ahead: client, cold: client, steps: await bundle(`${import.meta.dirname}/step-page.ts`) },
      servers: { ahead: ours, cold: ours, steps },
    };
    const sender = await openPage(stage, 'cold', ours.url, null);
    await sender.evaluate((ticket) => window.join(ticket, 'camera', 0.2), ticketOf('sender'));
    const stepSender = await openPage(stage, 'steps', steps.url, null);
    await stepSender.evaluate(() => window.stepJoin(true));
    const rounds = quick ? 4 : 20;
    const loopback = await measureAt(stage, 0, rounds, say);
    const far = await measureAt(stage, 50, rounds, say);
    return {
      loopback,
      far,
      met: {
        p95: loopback.ahead.p95 <= FIRST_TARGETS.p95Ms,
        ofStepsLoopback: loopback.ofSteps <= FIRST_TARGETS.ofSteps,
        ofStepsFar: far.ofSteps <= FIRST_TARGETS.ofSteps,
      },
    };
  } finally {
    await browser.close();
    ours.stop();
    steps.stop();
  }
}
