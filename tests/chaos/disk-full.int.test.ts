/**
 * PostgreSQL on a volume that fills up while money comes in: nothing new is taken, what was acknowledged stays, and once there
 * is space again everything goes on. Needs the right to mount a small volume, which root has; without it, it says so.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { verifyChain } from '#events/store/chain.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { receiveWebhook } from '#projections/effects/webhooks.server.ts';
import { scriptedGateway } from '#projections/testing/scripted-gateway.ts';
import { prepareProjections } from '#projections/worker.server.ts';
import { startPostgres } from '../support/postgres.ts';

const MB = 1024 * 1024;
const log = createLog({ level: 'silent' });
const gateway = scriptedGateway({});

/** A volume of its own, or null where nobody lets us. */
function smallVolume(sizeMb: number): { folder: string; gone(): void } | null {
  const folder = mkdtempSync(join(tmpdir(), 'nexused-volume-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', folder]);
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true });
    return null;
  }
  chmodSync(folder, 0o777);
  return {
    folder,
    gone() {
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Takes what is left but `spare` bytes. */
function fill(folder: string, spare: number): string {
  const { bavail, bsize } = statfsSync(folder);
  const ballast = join(folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - spare)));
  return ballast;
}

const plan = (n: number): AnyCommand => ({
  type: 'PlanOrder',
  now: n,
  data: { bookingId: `booking-${n}`, amount: 80_000, receipt: `booking-${n}`, payBy: n + 1 },
});

test('M13: a full disk takes no new money and loses none', async ({ skip }) => {
  const volume = smallVolume(192);
  if (!volume) return skip('it needs the right to mount a small volume');
  const postgres = await startPostgres(['min_wal_size=32MB', 'max_wal_size=64MB'], volume.folder);
  try {
    const db = await openPostgres(await postgres.createDatabase('full'));
    await prepareProjections(db);
    const store = await openSqlStore(db);
    const submit = createSubmit(store);
    const kept: number[] = [];

    /** True when it was acknowledged. */
    async function take(n: number): Promise<boolean> {
      const id = idFrom('disk', n);
      const actor = { kind: 'system', id: 'test' } as const;
      const done = await submit(plan(n), { commandId: id, correlationId: id, causationId: id, actor }).catch(
        () => null,
      );
      if (done === null || isRefusal(done)) return false;
      kept.push(n);
      return true;
    }
    const bring = (n: number) =>
      receiveWebhook(
        { db, gateway, log, answerWithinMs: 2_000 },
        Buffer.from(JSON.stringify({ event: 'payment.captured', payload: {}, n, filler: 'x'.repeat(20_000) })),
        { 'x-razorpay-event-id': `evt-${n}`, 'x-razorpay-signature': 'any' },
      );

    for (let n = 0; n < 50; n += 1) expect(await take(n)).toBe(true);
    expect(await bring(0)).toBe('stored');
    const head = await store.chainHead();

    const ballast = fill(volume.folder, MB);
    // Money comes in until the disk is full, and goes on coming.
    let n = 50;
    const refused: number[] = [];
    const unstored: number[] = [];
    const until = Date.now() + 20_000;
    while ((refused.length < 5 || unstored.length < 5) && Date.now() < until) {
      const now = Array.from({ length: 40 }, () => (n += 1));
      const taken = await Promise.all(now.map(take));
      refused.push(...now.filter((_, index) => taken[index] === false));
      n += 1;
      if ((await bring(n)) === 'busy') unstored.push(n);
    }
    expect(refused.length, 'commands that were not acknowledged').toBeGreaterThanOrEqual(5);
    expect(unstored.length, 'webhooks answered as busy, which is a 503').toBeGreaterThanOrEqual(5);

    rmSync(ballast);
    // It may have ended itself over it, and then whoever runs it starts it again.
    const alive = await db.query('SELECT 1').then(
      () => true,
      () => false,
    );
    if (!alive) await postgres.restart();
    const again = [...refused];
    const waited = Date.now() + 20_000;
    while (again.length > 0 && Date.now() < waited) {
      const first = again[0] ?? 0;
      if (await take(first)) again.shift();
      else await sleep(100);
    }
    expect(again, 'the same commands go through once there is space').toEqual([]);
    for (const one of unstored) expect(['stored', 'duplicate']).toContain(await bring(one));

    const streams = (await store.readAll({ limit: 100_000 })).map((event) => event.stream);
    expect(new Set(streams).size, 'each once').toBe(streams.length);
    expect(streams.toSorted()).toEqual(kept.map((one) => `payment-booking-${one}`).toSorted());
    expect(await verifyChain(store, head === null ? [] : [head])).toMatchObject({
      kind: 'whole',
      records: kept.length,
    });
    await store.close();
    await db.close();
  } finally {
    await postgres.stop();
    volume.gone();
  }
});
