/** When pictures and sound really arrived at a page, and over which of its connections. */
import type { Page } from 'playwright-core';
import { until } from './api.ts';

/** Something arrived: over which of the page's connections, and when, `Date.now()`. */
export interface Moved {
  readonly over: number;
  readonly at: number;
}

export interface Arrived {
  readonly frames: readonly Moved[];
  readonly sound: readonly Moved[];
}

/** From here on the page notes when frames are decoded and sound comes that can be heard. */
export async function watchMedia(page: Page): Promise<void> {
  await page.evaluate(() => {
    const scope = globalThis as { connections?: RTCPeerConnection[]; moved?: { frames: Moved[]; sound: Moved[] } };
    const moved: { frames: Moved[]; sound: Moved[] } = { frames: [], sound: [] };
    scope.moved = moved;
    const known = new WeakMap<RTCPeerConnection, Map<string, number>>();
    const look = async (): Promise<void> => {
      for (const [over, connection] of (scope.connections ?? []).entries()) {
        if (connection.connectionState === 'closed') continue;
        const before = known.get(connection) ?? new Map<string, number>();
        known.set(connection, before);
        (await connection.getStats()).forEach(
          (stat: { id: string; type: string; kind: string; framesDecoded?: number; totalAudioEnergy?: number }) => {
            if (stat.type !== 'inbound-rtp') return;
            const now = stat.kind === 'video' ? (stat.framesDecoded ?? 0) : (stat.totalAudioEnergy ?? 0);
            if (now > (before.get(stat.id) ?? 0))
              moved[stat.kind === 'video' ? 'frames' : 'sound'].push({ over, at: Date.now() });
            before.set(stat.id, now);
          },
        );
      }
      setTimeout(() => void look(), 50);
    };
    void look();
  });
}

export const arrivedAt = (page: Page): Promise<Arrived> =>
  page.evaluate(() => (globalThis as { moved?: Arrived }).moved ?? { frames: [], sound: [] });

export const connectionsOf = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as { connections?: unknown[] }).connections?.length ?? 0);

/** ms from `at` until the first of these that came over a connection that was not there before. */
const backAfter = (at: number, connections: number, all: readonly Moved[]): number =>
  (all.find(({ over }) => over >= connections)?.at ?? Infinity) - at;

/**
 * ms from `at` until pictures and sound came over connections that were not there before.
 * @param within wall ms.
 * @throws after that
 */
export function backOver(
  page: Page,
  at: number,
  connections: number,
  within = 30_000,
): Promise<{ seen: number; heard: number }> {
  return until(
    'pictures and sound over a new connection',
    async () => {
      const arrived = await arrivedAt(page);
      const seen = backAfter(at, connections, arrived.frames);
      const heard = backAfter(at, connections, arrived.sound);
      return Number.isFinite(seen + heard) ? { seen, heard } : null;
    },
    within,
  );
}
