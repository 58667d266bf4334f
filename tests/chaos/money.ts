/**
 * `npm run test:chaos -- --kills N --seed S`, or `-- --month`: loopback only, ends by itself, prints one JSON object as its
 * last line.
 */
import { parseArgs } from 'node:util';
import { runMonth } from './month.ts';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    month: { type: 'boolean', default: false },
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  process.stderr.write('Use: npm run test:chaos -- --kills N --seed S, or npm run test:chaos -- --month\n');
  process.exit(2);
}
const log = (line: string): void => void process.stdout.write(`${line}\n`);
if (values.month) {
  const report = await runMonth({ days: 30, perDay: 34, log });
  log(JSON.stringify(report));
  process.exit(report.problems.length === 0 ? 0 : 1);
}
const report = await runChaos({ kills, seed, log });
log(JSON.stringify(report));
process.exit(report.violations.length === 0 && report.rebuiltTheSame ? 0 : 1);
