/** RU7, RU8, EF2, TI2: killed between any two steps, the next life goes on, and nothing happens twice. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#events/shared/ids.ts';
import { startSandbox, type Sandbox } from './testing/sandbox.ts';
import { HOUR } from './testing/world.ts';

/** Where each life ends, and how often it passes there first: spread over order, transfer, refund and release. */
const LIVES: readonly (readonly [string, number])[] = [
  ['process:commands-submitted', 3],
  ['effect:before-record', 1],
  ['effect:after-call', 0],
  ['timer:submitted', 0],
  ['effect:after-call', 0],
];

let sandbox: Sandbox;
const folder = mkdtempSync(join(tmpdir(), 'projections-crash-'));
beforeAll(async () => {
  // Nobody listens at first; each life says where it is.
  sandbox = await startSandbox('http://127.0.0.1:9/webhooks');
});
afterAll(async () => {
  await sandbox.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Report {
  readonly same: boolean;
  readonly lines: number;
  readonly books: readonly { booking_id: string; off: number; negative: number }[];
}

test('a booking that is taught and one that is cancelled survive every crash', { timeout: 200_000 }, async () => {
  const IST = 5.5 * HOUR;
  const midnight = Math.floor((Date.now() + IST) / (24 * HOUR)) * 24 * HOUR - IST;
  const startsAt = midnight + 3 * 24 * HOUR + 9 * HOUR;
  const [taught, cancelled] = [newId(), newId()];

  async function live(crash: readonly [string, number] | null): Promise<{ signal: string | null; said: string }> {
    const main = join(import.meta.dirname, 'testing', 'crash-main.ts');
    const args = [folder, sandbox.url, String(sandbox.smtpPort), taught, cancelled, String(startsAt)];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, ...(crash && { CRASH_AT: crash[0], CRASH_AFTER: String(crash[1]) }) },
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code, signal]: unknown[] = await once(child, 'exit');
    if (code !== 0 && signal === null) throw new Error(`a life ended with ${String(code)}`);
    return { signal: typeof signal === 'string' ? signal : null, said };
  }

  for (const crash of LIVES) expect((await live(crash)).signal, crash.join(' after ')).toBe('SIGKILL');
  const { said } = await live(null);
  const report: Report = JSON.parse(said);

  const { orders, transfers, reversals, refunds } = await sandbox.state();
  expect(orders.map((order) => order.status)).toEqual(['paid', 'paid']);
  expect(transfers).toHaveLength(2);
  expect(transfers.filter((one) => one.on_hold === false)).toMatchObject([{ amount: 72_000, holdsLifted: 1 }]);
  expect(reversals).toMatchObject([{ amount: 72_000 }]);
  expect(refunds).toMatchObject([{ amount: 80_000 }]);
  // RU3: what six lives wrote and what one rebuild writes is the same, byte for byte.
  expect(report.lines).toBeGreaterThan(100);
  expect(report.same).toBe(true);
  expect(report.books).toHaveLength(2);
  for (const book of report.books) expect(book).toMatchObject({ off: 0, negative: 0 });
});
