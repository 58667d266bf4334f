/**
 * Two lives on one PostgreSQL, joined by a real Redis: both take commands, both offer to work, the provider knows only the
 * first. One may be frozen (SIGSTOP) or killed while the other goes on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox } from '#projections/testing/sandbox.ts';
import { freePort } from '../support/free-port.ts';
import { startPostgres } from '../support/postgres.ts';
import { startRedis } from '../support/redis.ts';
import { evidenceOf, type Evidence } from './evidence.ts';
import { askLife, startLife, type Json, type Life } from './one-life.ts';
import type { Scene } from './stage.ts';

/** As long as somebody in front of them would wait before trying the other one, wall ms. */
const PATIENCE_MS = 2_000;
const SETTLE_MS = 30_000;
/** Every so many commands, one goes to both lives at the same moment. */
const BOTH_EVERY = 4;

export interface Side {
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Stops the process where it stands, with no question about the clock on its way. */
  freeze(): Promise<void>;
  /** Lets it go on; resolves once it knows what time it is. */
  wake(): Promise<void>;
  /** Of this life alone. */
  ask(path: string, body?: Json): Promise<Json>;
}

export interface Pair extends Scene {
  readonly first: Side;
  readonly second: Side;
  readonly evidence: Evidence;
  readonly sent: { readonly commands: number; readonly toBoth: number };
  /** Commands that both lives took, and that came to different things; none when all is well. */
  readonly disagreements: readonly string[];
  /** Duty → how often it changed hands. */
  duties(): Promise<Readonly<Record<string, number>>>;
  settle(): Promise<void>;
  /** See Evidence. Both lives are over then. */
  differencesOfRebuild(): Promise<string[]>;
  end(): Promise<void>;
}

export async function openPair(): Promise<Pair> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const databaseUrl = await postgres.createDatabase('pair');
  const ports = [await freePort(), await freePort()] as const;
  const sandbox = await startSandbox(`http://127.0.0.1:${ports[0]}/webhooks`);
  const evidence = evidenceOf(databaseUrl, sandbox);
  const disagreements: string[] = [];
  const sent = { commands: 0, toBoth: 0 };

  // Moving the clock is a step from where it stands: never asked of two, nor of one that stops on the way.
  let clockMoves: Promise<unknown> = Promise.resolve();
  function aloneWithTheClock<T>(work: () => Promise<T>): Promise<T> {
    const done = clockMoves.then(work);
    clockMoves = done.catch(() => undefined);
    return done;
  }

  function sideAt(port: number) {
    const base = `http://127.0.0.1:${port}`;
    let life: Life | null = null;
    return {
      /** Did not answer the last time; asked again once it is known to be well. */
      away: true,
      ask: (path: string, body?: Json) => askLife(base, path, body, PATIENCE_MS),
      async start() {
        life = await startLife({ databaseUrl, port, sandbox, redisUrl: redis.url });
        this.away = false;
      },
      kill: () =>
        aloneWithTheClock(async () => {
          await life?.kill();
        }),
      freeze: () => aloneWithTheClock(async () => life?.send('SIGSTOP')),
      async wake() {
        life?.send('SIGCONT');
        const other = this === first ? second : first;
        for (;;) {
          const [own, right] = await Promise.all([askOne(this, 'now'), askOne(other, 'now')]);
          if (own && right && Number(own['now']) > Number(right['now']) - 1_000) break;
          await sleep(50);
        }
        this.away = false;
      },
      async end() {
        await life?.kill();
      },
    };
  }
  type Inner = ReturnType<typeof sideAt>;
  const first: Inner = sideAt(ports[0]);
  const second: Inner = sideAt(ports[1]);

  let turn = 0;
  /** Whoever is next; if nobody is known to be well, still somebody. */
  function next(): Inner {
    turn += 1;
    const [one, other] = turn % 2 === 0 ? [first, second] : [second, first];
    return one.away ? other : one;
  }

  async function askOne(side: Inner, path: string, body?: Json): Promise<Json | null> {
    try {
      return await side.ask(path, body);
    } catch {
      side.away = true;
      return null;
    }
  }

  /** The same command, with the same id, to both at the same moment. */
  async function askBoth(body: Json): Promise<Json | null> {
    sent.toBoth += 1;
    const [one, other] = await Promise.all([askOne(first, 'command', body), askOne(second, 'command', body)]);
    const taken = [one, other].filter((said) => said !== null && 'types' in said);
    if (taken.length === 2 && JSON.stringify(one) !== JSON.stringify(other))
      disagreements.push(`${JSON.stringify(body)}: ${JSON.stringify([one, other])}`);
    return taken[0] ?? one ?? other;
  }

  async function askOnce(path: string, body?: Json): Promise<Json | null> {
    if (path === 'advance') return aloneWithTheClock(() => askOne(next(), path, body));
    if (path !== 'command' || body === undefined) return askOne(next(), path, body);
    sent.commands += 1;
    const both = sent.commands % BOTH_EVERY === 0 && !first.away && !second.away;
    return both ? askBoth(body) : askOne(next(), path, body);
  }

  async function settle(): Promise<void> {
    const until = Date.now() + SETTLE_MS;
    while ((await askOne(next(), 'settled'))?.['settled'] !== true) {
      if (Date.now() > until) throw new Error(`nothing had settled within ${SETTLE_MS} ms`);
      await sleep(50);
    }
  }

  return {
    sandbox,
    acknowledged: new Set(),
    evidence,
    disagreements,
    sent,
    first,
    second,

    async ask(path, body) {
      const until = Date.now() + 60_000;
      for (;;) {
        const said = await askOnce(path, body);
        if (said !== null) return said;
        if (Date.now() > until) throw new Error(`nobody answered ${path} ${JSON.stringify(body)}`);
        await sleep(20);
      }
    },

    async duties() {
      const rows = await evidence.query<{ consumer: string; epoch: number }>(
        'SELECT consumer, epoch FROM worker.checkpoint ORDER BY consumer',
      );
      return Object.fromEntries(rows.map(({ consumer, epoch }) => [consumer, Number(epoch)]));
    },

    settle,

    async differencesOfRebuild() {
      await Promise.all([first.end(), second.end()]);
      return await evidence.differencesOfRebuild();
    },

    async end() {
      await Promise.all([first.end(), second.end()]);
      await sandbox.stop();
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}
