/** `npm run test:chaos -- --kills N --seed S`: loopback only, ends by itself, prints one JSON object as its last line. */
import { parseArgs } from 'node:util';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  process.stderr.write('Use: npm run test:chaos -- --kills N --seed S\n');
  process.exit(2);
}
const report = await runChaos({ kills, seed, log: (line) => process.stdout.write(`${line}\n`) });
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(report.violations.length === 0 && report.rebuiltTheSame ? 0 : 1);
