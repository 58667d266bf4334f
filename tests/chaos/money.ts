/**
 * `npm run test:chaos -- --kills N --seed S`, or `-- --month`, or the board's (board.ts), or the live room's (sfu.ts): loopback only, ends by itself,
 * prints one JSON object as its last line.
 */
import { parseArgs } from 'node:util';
import { BOARD_OPTIONS, BOARD_USAGE, runBoard } from './board.ts';
import { runMonth } from './month.ts';
import { runChaos } from './run.ts';
import { runSfu, SFU_OPTIONS, SFU_USAGE } from './sfu.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    month: { type: 'boolean', default: false },
    ...BOARD_OPTIONS,
    ...SFU_OPTIONS,
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  process.stderr.write(
    `Use: npm run test:chaos -- --kills N --seed S, or npm run test:chaos -- --month, or ${BOARD_USAGE}, or ${SFU_USAGE}\n`,
  );
  process.exit(2);
}
// By default a signal ends a process without its `exit` handlers, which end the databases and lives of the run.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const log = (line: string): void => void process.stdout.write(`${line}\n`);
const other = (await runBoard(values, seed, log)) ?? (await runSfu(values, seed, log));
if (other) {
  log(JSON.stringify(other.report));
  process.exit(other.well ? 0 : 1);
}
if (values.month) {
  const report = await runMonth({ days: 30, perDay: 34, log });
  log(JSON.stringify(report));
  process.exit(report.problems.length === 0 ? 0 : 1);
}
const report = await runChaos({ kills, seed, log });
log(JSON.stringify(report));
process.exit(report.violations.length === 0 && report.differencesOfRebuild.length === 0 ? 0 : 1);
