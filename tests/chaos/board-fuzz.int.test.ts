/** Malformed messages to a real server process, as `npm run test:chaos -- --board-fuzz` sends more of them. */
import { expect, test } from 'vitest';
import { growthMb, runBoardFuzz } from './board-fuzz.ts';

const MESSAGES = 100_000;
/** What PROTOCOL.md says of sockets that are sent away for what they say. */
const CLOSINGS = [
  '1002 malformed',
  '1003 binary-only',
  '1007 malformed',
  '1008 too-fast',
  '1008 too-many-pieces',
  '1009 too-large',
  '4503 later',
];

test(`[W3][B1] ${MESSAGES} malformed messages over sockets end no process and no other socket, and two who draw lose nothing`, async () => {
  const report = await runBoardFuzz({ messages: MESSAGES, seed: 20261121, quietMs: 2_000 });
  expect(report.problems).toEqual([]);
  expect(report.messages).toBeGreaterThanOrEqual(MESSAGES);
  expect(report.tolerated).toEqual({});
  expect(Object.keys(report.closed).filter((what) => !CLOSINGS.includes(what))).toEqual([]);
  expect(report.lost).toBe(0);
  expect(report.drawn).toBeGreaterThan(1_000);
  // It takes memory for what it has open, and then no more.
  expect(report.rssMb.most).toBeLessThan(512);
  expect(growthMb(report)).toBeLessThan(64);
  // Beside everybody else on two cores; `--board-fuzz` is for measuring.
  expect(report.attacked.p99).toBeLessThan(250);
}, 300_000);
