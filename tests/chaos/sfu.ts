/** The live room's part of `npm run test:chaos`: `-- --sfu-kills N --seed S` of workers, `-- --node-kills N` of nodes. */
import { runNodeKills } from './node-kills.ts';
import { runSfuKills } from './sfu-kills.ts';

export const SFU_OPTIONS = { 'sfu-kills': { type: 'string' }, 'node-kills': { type: 'string' } } as const;
export const SFU_USAGE = 'npm run test:chaos -- --sfu-kills N --seed S, or --node-kills N --seed S';

/** Rules P7 and N6 of sfu/SPEC.md, wall ms. */
const SOUND_MS = 3_000;
const PICTURES_MS = 5_000;

/** Null when nothing of the live room's was asked for; else a report to print, and whether all is well. */
export async function runSfu(
  asked: { readonly [Option in keyof typeof SFU_OPTIONS]?: string | undefined },
  seed: number,
  log: (line: string) => void,
): Promise<{ report: object; well: boolean } | null> {
  const { 'sfu-kills': workers, 'node-kills': nodes } = asked;
  const kills = workers ?? nodes;
  if (kills === undefined) return null;
  const count = Number(kills);
  if (!Number.isInteger(count) || count < 1) {
    process.stderr.write(`Use: ${SFU_USAGE}\n`);
    process.exit(2);
  }
  const run = workers === undefined ? runNodeKills : runSfuKills;
  const report = await run({ kills: count, seed, log });
  const { problems, sound, pictures } = report;
  return { report, well: problems.length === 0 && sound.max <= SOUND_MS && pictures.max <= PICTURES_MS };
}
