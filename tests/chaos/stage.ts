/** The machinery of the chaos runs: a real PostgreSQL, the real sandbox process, and one life after the other. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '#projections/testing/sandbox.ts';
import { freePort } from '../support/free-port.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { evidenceOf, type JournalEntry } from './evidence.ts';
import type { LoggedEvent } from './invariants.ts';
import { askLife, startLife, type Json, type Life } from './one-life.ts';

/** After a kill everything that can be done by then is done within this time, wall ms. */
export const SETTLE_MS = 30_000;

/** What the scenarios need: the provider, and somebody to ask. */
export interface Scene {
  /** Ids of the commands that were answered with events. */
  readonly acknowledged: Set<string>;
  readonly sandbox: Sandbox;
  /** Asks a life that runs; waits while there is none, and asks again when it dies over the question. */
  ask(path: string, body?: Json): Promise<Json>;
}

export interface Stage extends Scene {
  readonly postgres: TestPostgres;
  start(): Promise<void>;
  /** The crash point at which the last life ended; null where it was killed from outside. */
  diedAt(): string | null;
  /** Resolves once the life is gone. */
  readonly gone: () => Promise<void>;
  kill(): Promise<void>;
  /** No driver asks anything between these two. */
  close(): void;
  open(): void;
  /** Wall ms until nothing waits any more. @throws after SETTLE_MS */
  settle(): Promise<number>;
  /** Sentences about what does not hold; none when all is well. */
  violations(): Promise<string[]>;
  /** See Evidence. */
  differencesOfRebuild(): Promise<string[]>;
  events(): Promise<readonly LoggedEvent[]>;
  /** The journal, in the order of the log. */
  journal(): Promise<readonly JournalEntry[]>;
  end(): Promise<void>;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function openStage(): Promise<Stage> {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase('chaos');
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const sandbox = await startSandbox(`${base}/webhooks`);
  const evidence = evidenceOf(url, sandbox);
  const folder = mkdtempSync(join(tmpdir(), 'nexused-chaos-'));
  const note = join(folder, 'died-at');
  const acknowledged = new Set<string>();
  let life: Life | null = null;
  let gate: Promise<void> = Promise.resolve();
  let openGate = (): void => undefined;

  const plainAsk = (path: string, body?: Json): Promise<Json> => askLife(base, path, body);

  async function start(): Promise<void> {
    rmSync(note, { force: true });
    life = await startLife({ databaseUrl: url, port, sandbox, note });
  }

  return {
    sandbox,
    postgres,
    start,
    gone: async () => life?.gone,
    diedAt: () => (existsSync(note) ? readFileSync(note, 'utf8') : null),
    events: evidence.events,
    journal: evidence.journal,
    acknowledged,
    violations: () => evidence.violations(acknowledged),

    async ask(path, body) {
      const until = Date.now() + 90_000;
      for (;;) {
        await gate;
        try {
          return await plainAsk(path, body);
        } catch (error) {
          // It died, or its database did: the same question to the next life changes nothing twice.
          if (Date.now() > until) throw error;
          await sleep(50);
        }
      }
    },

    async kill() {
      await life?.kill();
    },

    close() {
      gate = new Promise((resolve) => (openGate = resolve));
    },
    open() {
      openGate();
    },

    async settle() {
      const began = Date.now();
      for (;;) {
        const answered = await plainAsk('settled').catch(() => ({ settled: false }));
        if (answered['settled'] === true) return Date.now() - began;
        if (Date.now() - began > SETTLE_MS) throw new Error(`nothing had settled ${SETTLE_MS} ms after the kill`);
        await sleep(50);
      }
    },

    differencesOfRebuild: evidence.differencesOfRebuild,

    async end() {
      await life?.kill();
      await sandbox.stop();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
