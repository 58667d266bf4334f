/** Kills the money side of the product over and over, and says what held. Used by the tests and by `npm run test:chaos`. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { randomOf } from '#platform/random/seeded.ts';
import { openStage, type Stage } from './stage.ts';
import { playRound, prepare } from './scenarios.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface ChaosReport {
  readonly kills: number;
  readonly seed: number;
  /** Crash point → times the process died there. `random`: killed from outside; `postgres`: its database crashed. */
  readonly where: Readonly<Record<string, number>>;
  readonly rounds: number;
  /** Wall ms from the start of the next life until nothing waited. */
  readonly settle: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly violations: readonly string[];
  /** Lines of read models that came out otherwise when they were built anew. */
  readonly differencesOfRebuild: readonly string[];
  readonly seconds: number;
}

/** Every crash point in the source of the money side, found by reading it: a new one joins by itself. */
export function crashPoints(): readonly string[] {
  const found = new Set<string>();
  const read = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) read(path);
      else if (name.endsWith('.ts') && !name.includes('.test.'))
        for (const [, point] of readFileSync(path, 'utf8').matchAll(/crashPoint\(\s*'([^']+)'/g))
          if (point) found.add(point);
    }
  };
  for (const folder of ['events', 'projections']) read(join(ROOT, folder));
  return [...found].sort();
}

const sleep = (ms: number): Promise<'slept'> => new Promise((resolve) => setTimeout(() => resolve('slept'), ms));

/** Crash points armed at a time, besides some chosen at random. */
const RAREST = 16;

/** How long a crash point may take to be passed before another one is chosen, wall ms. */
const PASSED_WITHIN_MS = 1_200;

/** A new database and provider after so many kills: a check reads all that happened. */
const KILLS_A_STAGE = 100;

export async function runChaos(settings: {
  readonly kills: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}): Promise<ChaosReport> {
  const { kills, seed, log = () => undefined } = settings;
  const random = randomOf(seed);
  const points = crashPoints();
  const began = Date.now();
  const where: Record<string, number> = {};
  const settled: number[] = [];
  const violations: string[] = [];
  let done = 0;
  let rounds = 0;
  const differencesOfRebuild: string[] = [];
  while (done < kills && violations.length === 0) {
    const stage = await openStage();
    try {
      await stage.start();
      await prepare(stage);
      for (const last = Math.min(kills, done + KILLS_A_STAGE); done < last && violations.length === 0;) {
        rounds += 1;
        await survive(stage, rounds, last);
      }
      await stage.kill();
      differencesOfRebuild.push(...(await stage.differencesOfRebuild()));
    } finally {
      stage.open();
      await stage.end();
    }
  }
  const sorted = settled.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    kills: done,
    seed,
    where,
    rounds,
    settle: { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 },
    violations,
    differencesOfRebuild,
    seconds: Math.round((Date.now() - began) / 1000),
  };

  /** One day of business, with kills until it is over or there were enough. */
  async function survive(stage: Stage, round: number, last: number): Promise<void> {
    const played = playRound(stage, `${seed}-${round}`).then(
      () => 'played' as const,
      (error: unknown) => error,
    );
    let ended: unknown = null;
    void played.then((outcome) => (ended = outcome));
    while (ended === null && done < last && violations.length === 0) {
      const how = await killOnce(stage, where, points, random, () => ended !== null);
      if (how === null) continue;
      done += 1;
      where[how] = (where[how] ?? 0) + 1;
      settled.push(await stage.settle());
      violations.push(...(await stage.violations()));
      if (done % 25 === 0)
        log(`${done} of ${kills} kills, ${rounds} rounds, ${Math.round((Date.now() - began) / 1000)} s`);
      stage.open();
    }
    stage.open();
    if (violations.length > 0) return;
    const outcome = await played;
    if (outcome !== 'played') throw outcome;
    await stage.settle();
    violations.push(...(await stage.violations()));
  }
}

/** Ends the life in one of three ways; null when the chosen crash point was not passed in time. The gate is closed then. */
async function killOnce(
  stage: Stage,
  where: Readonly<Record<string, number>>,
  points: readonly string[],
  random: () => number,
  over: () => boolean,
): Promise<string | null> {
  const dice = random();
  if (dice < 0.08) {
    await sleep(random() * 400);
    stage.close();
    await stage.postgres.restart('SIGQUIT');
    return 'postgres';
  }
  if (dice < 0.2) {
    await sleep(random() * 600);
    stage.close();
    await stage.kill();
    await stage.start();
    return 'random';
  }
  // Several at once, mostly where it has died least so far: some places are passed once in a day.
  const rarest = [...points].sort((one, other) => (where[one] ?? 0) - (where[other] ?? 0)).slice(0, RAREST);
  const armed = [
    ...rarest,
    ...Array.from({ length: RAREST / 4 }, () => points[Math.floor(random() * points.length)] ?? ''),
  ];
  await stage.ask('arm', { point: armed.join(','), after: random() < 0.8 ? 0 : 1 });
  const until = Date.now() + PASSED_WITHIN_MS;
  let died = false;
  void stage.gone().then(() => (died = true));
  while (!died && Date.now() < until && !over()) await sleep(20);
  if (!died) {
    // It may die before it is disarmed: then nobody answers until the next life has begun.
    const disarmed = stage.ask('arm', { point: 'none', after: 0 }).catch((error: unknown) => error);
    await Promise.race([disarmed, stage.gone()]);
    if (!died) return null;
  }
  stage.close();
  const at = stage.diedAt() ?? 'unknown';
  await stage.start();
  return at;
}
