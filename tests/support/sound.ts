/** How much of the others' voices had to be made up, because it did not arrive in time. */
import type { Page } from 'playwright-core';

export interface Sound {
  /** Samples that were played since the page's connections were made. */
  readonly played: number;
  /** Those of them that were made up; the silence that is made where nobody speaks does not count. */
  readonly concealed: number;
}

/** Of all voices at a page that `watchWays` looks after. */
export const soundAt = (page: Page): Promise<Sound> =>
  page.evaluate(async () => {
    let [played, concealed] = [0, 0];
    for (const connection of window.peerConnections ?? []) {
      if (connection.connectionState === 'closed') continue;
      for (const stat of (await connection.getStats()).values()) {
        if (stat.type !== 'inbound-rtp' || stat.kind !== 'audio') continue;
        played += stat.totalSamplesReceived ?? 0;
        concealed += (stat.concealedSamples ?? 0) - (stat.silentConcealedSamples ?? 0);
      }
    }
    return { played, concealed };
  });

/** Share of what a page plays within `ms` that is made up, 0 to 1. */
export async function concealment(page: Page, ms: number): Promise<number> {
  const before = await soundAt(page);
  await page.waitForTimeout(ms);
  const after = await soundAt(page);
  const played = after.played - before.played;
  if (played < ms * 24) throw new Error(`Nothing was heard: ${played} samples in ${ms} ms`);
  return (after.concealed - before.concealed) / played;
}
