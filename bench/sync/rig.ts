/**
 * The generator, a process of its own: `node rig.ts <plan file>`, its report on stdout. Open loop: updates are due by a
 * fixed schedule whatever the server does, and every time counts from the moment at which the update was due.
 */
import { readFileSync } from 'node:fs';
import * as Y from 'yjs';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { cpuOfTree } from '../events/cpu.ts';
import { Histogram } from './histogram.ts';
import { machineCpuUs } from './machine-cpu.ts';
import { Member, type Crowd } from './member.ts';
import { readStamps } from './points.ts';
import type { Cpu, Group, Plan, Report } from './plan.ts';
import { Frames } from './stamps.ts';

const READY_MS = 60_000;
/** How long the last updates may take after nobody writes any more, without any progress. */
const PATIENCE_MS = 4_000;
/** Clients whose updates are put together to a whole document afterwards. */
const REPLICAS = 3;

const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Plan;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const crowd: Crowd = {
  wire: plan.wire,
  port: plan.port,
  document: plan.document,
  frames: new Frames(plan.wire),
  start: 0,
  from: Infinity,
  to: Infinity,
  latency: new Histogram(),
  sameNode: new Histogram(),
  otherNode: new Histogram(),
  seconds: [],
  ack: new Histogram(),
  joined: new Histogram(),
  delivered: 0,
  closed: new Map(),
  nodeOf: [],
};
const members: Member[][] = plan.groups.map((group, g) => {
  const offset = plan.groups.slice(0, g).reduce((sum, { people }) => sum + people.length, 0);
  const { writers, watchers = 0 } = group;
  return group.people.map(
    (one, i) => new Member(crowd, one, offset + i, i >= watchers && i < watchers + writers, g === 0, group),
  );
});
crowd.nodeOf = members.flat().map((member) => member.port);
const first = members[0] ?? [];

/** Waits until it holds; false when it does not in time. */
async function until(holds: () => boolean, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

const now = (): number => performance.now();

interface Moment {
  readonly at: number;
  readonly trees: Readonly<Record<string, number>>;
  readonly rig: NodeJS.CpuUsage;
  readonly machine: number;
  readonly bytes: number;
  readonly frames: number;
}
const moment = (): Moment => ({
  at: now(),
  trees: Object.fromEntries(Object.entries(plan.pids).map(([name, pid]) => [name, cpuOfTree(pid)])),
  rig: process.cpuUsage(),
  machine: machineCpuUs(),
  bytes: first.reduce((sum, member) => sum + member.bytes, 0),
  frames: first.reduce((sum, member) => sum + member.framesIn, 0),
});

function cpuBetween(a: Moment, b: Moment): Cpu {
  const us = (b.at - a.at) * 1_000;
  const of = (used: number): number => Number((used / us).toFixed(4));
  const rig = b.rig.user + b.rig.system - a.rig.user - a.rig.system;
  return {
    cores: Object.fromEntries(Object.entries(b.trees).map(([name, used]) => [name, of(used - (a.trees[name] ?? 0))])),
    rigCores: of(rig),
    machineCores: of(b.machine - a.machine),
  };
}

/** Sends what is due, until told to stop. */
function play(): () => void {
  const period = 1_000 / plan.hz;
  const joinTimes = plan.groups.map((group) => group.joinAt);
  let stopped = false;
  let timer: NodeJS.Timeout;
  const turn = (): void => {
    if (stopped) return;
    const time = now() - crowd.start;
    for (const [g, group] of members.entries()) {
      const { leaveAt } = plan.groups[g] as Group;
      if (g > 0 && time < (joinTimes[g] ?? 0)) continue;
      for (const [i, member] of group.entries()) {
        if (leaveAt !== null && time > leaveAt) member.leave();
        else if (g > 0) member.come(now());
        if (!member.writes) continue;
        // Everybody a little later than the one before.
        const phase = (joinTimes[g] ?? 0) + (i * period) / Math.max(1, group.length);
        member.drawUntil(time, phase, period);
      }
    }
    timer = setTimeout(turn, 1);
  };
  timer = setTimeout(turn, 1);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** What the rows say of every update that was acknowledged. */
async function lostRows(): Promise<{ acknowledged: number; lost: number }> {
  const promised = members.flat().flatMap((member) => member.acknowledged());
  if (plan.database === undefined) return { acknowledged: promised.length, lost: 0 };
  const db = await openPostgres(plan.database);
  const stored = new Set<number>();
  try {
    for (let after = 0; ;) {
      const rows = await db.query<{ seq: number; body: Uint8Array }>(
        'SELECT seq, body FROM sync_update WHERE document = $1 AND seq > $2 ORDER BY seq LIMIT 5000',
        [plan.document, after],
      );
      for (const { body } of rows) readStamps(body, (writer, at) => void stored.add(writer * 2 ** 32 + at));
      const last = rows.at(-1);
      if (!last) break;
      after = last.seq;
    }
  } finally {
    await db.close();
  }
  return { acknowledged: promised.length, lost: promised.filter((key) => !stored.has(key)).length };
}

function diverged(): number {
  const docs = first.slice(0, REPLICAS).map((member) => {
    const doc = new Y.Doc();
    doc.transact(() => member.kept.forEach((update) => Y.applyUpdate(doc, update)));
    return doc;
  });
  const [one, ...others] = docs;
  if (!one) return 0;
  const own = new Map(Y.decodeStateVector(Y.encodeStateVector(one)));
  const whole = (doc: Y.Doc): boolean => doc.store.pendingStructs === null;
  return others.filter((doc) => {
    const sv = Y.decodeStateVector(Y.encodeStateVector(doc));
    const differs = [...own].filter(([client, clock]) => sv.get(client) !== clock);
    return !whole(doc) || differs.length > 0 || sv.size !== own.size;
  }).length;
}

async function main(): Promise<Report> {
  let problem: string | null = null;
  const open = performance.now();
  // A few at a time, as people come.
  for (const [i, member] of first.entries()) {
    if (i < REPLICAS && plan.wire !== 'floor') member.keeps = true;
    member.come(now());
    if (i % 10 === 9) await sleep(10);
  }
  if (!(await until(() => first.every((member) => member.ready), READY_MS))) problem = 'not everybody came in';
  for (const [i, update] of (plan.before ?? []).entries()) first[i]?.sendUpdate(Buffer.from(update, 'base64'));
  if ((plan.before?.length ?? 0) > 0) {
    const of = first.slice(0, plan.before?.length);
    if (!(await until(() => of.every((member) => member.acks >= 2), READY_MS))) problem = 'the board was not filled';
    await sleep(1_000);
  }
  process.stderr.write(`  ${first.length} in after ${Math.round(performance.now() - open)} ms\n`);
  crowd.start = now();
  crowd.from = plan.warmMs;
  crowd.to = plan.warmMs + plan.measureMs;
  const stop = play();
  await sleep(plan.warmMs);
  const begin = moment();
  await sleep(plan.measureMs);
  const end = moment();
  stop();
  // Whatever is under way arrives, or never will.
  const expected = { count: 0, sum: 0 };
  for (const member of first) {
    expected.count += member.sent;
    expected.sum += member.sentSum;
  }
  const short = (): number =>
    first.reduce((sum, member) => sum + Math.max(0, expected.count - member.sent - member.got), 0);
  if (plan.wire !== 'floor') {
    for (let before = Infinity, since = now(); short() > 0 && now() - since < PATIENCE_MS;) {
      const left = short();
      if (left < before) [before, since] = [left, now()];
      await sleep(20);
    }
    await sleep(300);
  }
  const missing = plan.wire === 'floor' ? 0 : short();
  const wrong = first.filter(
    (member) => member.got === expected.count - member.sent && member.gotSum !== expected.sum - member.sentSum,
  );
  const doubled = first.reduce((sum, member) => sum + Math.max(0, member.got - expected.count + member.sent), 0);
  if (wrong.length > 0) problem = `${wrong.length} receivers got other updates than were sent`;
  const rows = await lostRows();
  const seconds = plan.measureMs / 1_000;
  return {
    latency: crowd.latency.times(),
    ...(crowd.otherNode.times().count > 0
      ? { sameNode: crowd.sameNode.times(), otherNode: crowd.otherNode.times() }
      : {}),
    p99BySecond: crowd.seconds.map((second) => Number(second.percentile(0.99).toFixed(1))),
    ack: crowd.ack.times(),
    cpu: cpuBetween(begin, end),
    delivered: crowd.delivered,
    bytesPerReceiver: Math.round((end.bytes - begin.bytes) / first.length / seconds),
    framesPerReceiver: Number(((end.frames - begin.frames) / first.length / seconds).toFixed(2)),
    missing,
    doubled,
    acknowledged: rows.acknowledged,
    acknowledgedLost: rows.lost,
    diverged: plan.wire === 'floor' || missing > 0 ? 0 : diverged(),
    closed: Object.fromEntries(crowd.closed),
    joined: crowd.joined.times(),
    problem,
  };
}

const report = await main();
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
