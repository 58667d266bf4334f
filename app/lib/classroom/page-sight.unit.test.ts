import { describe, expect, it } from 'vitest';
import type { Ask } from './media-session.ts';
import { PageSight, type SeenPage } from './page-sight.ts';

class Page extends EventTarget implements SeenPage {
  visibilityState: DocumentVisibilityState = 'visible';
  turn(to: DocumentVisibilityState): void {
    this.visibilityState = to;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

function watching() {
  const page = new Page();
  const host = new EventTarget();
  const told: unknown[] = [];
  let connected = true;
  const ask = (async (_type: string, data: { visible: boolean }) => {
    if (!connected) throw new Error('not connected');
    told.push(data.visible);
    return null;
  }) as unknown as Ask;
  const failed: unknown[] = [];
  const sight = new PageSight(ask, (work) => void work.catch((error: unknown) => failed.push(error)));
  const stop = sight.watch(page, host);
  return { page, host, told, failed, sight, stop, connect: (on: boolean) => void (connected = on) };
}
/** What was asked has been answered. */
const answered = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('[P14] the page tells whether it can be seen', () => {
  it('[P14] at once, and once each time', () => {
    const { page, told, sight } = watching();
    page.turn('hidden');
    page.turn('hidden');
    sight.look();
    page.turn('visible');
    sight.look();
    expect(told).toEqual([false, true]);
  });

  it('[P14] after a join, unless it is seen as it always was', async () => {
    const { page, told, sight } = watching();
    sight.joined();
    expect(told).toEqual([]);
    page.turn('hidden');
    await answered();
    sight.joined();
    sight.joined();
    expect(told).toEqual([false, false, false]);
    page.turn('visible');
    sight.joined();
    expect(told).toEqual([false, false, false, true]);
  });

  it('[P14] again when the word before was lost, also that it is seen', async () => {
    const { page, told, failed, sight, connect } = watching();
    page.turn('hidden');
    connect(false);
    page.turn('visible');
    await answered();
    expect([told, failed.length]).toEqual([[false], 1]);
    connect(true);
    sight.joined();
    expect(told).toEqual([false, true]);
    await answered();
    sight.look();
    expect(told).toEqual([false, true]);
  });

  it('[P14] when one goes to another page, and when one comes back to this one', () => {
    const { host, told } = watching();
    host.dispatchEvent(new Event('pagehide'));
    host.dispatchEvent(new Event('pageshow'));
    expect(told).toEqual([false, true]);
  });

  it('[P14] no more after the end', () => {
    const { page, host, told, stop } = watching();
    stop();
    page.turn('hidden');
    host.dispatchEvent(new Event('pagehide'));
    expect(told).toEqual([]);
  });
});
