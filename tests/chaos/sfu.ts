/** The live room's part of `npm run test:chaos`: `-- --sfu-kills N --seed S`. */
import { runSfuKills } from './sfu-kills.ts';

export const SFU_OPTIONS = { 'sfu-kills': { type: 'string' } } as const;
export const SFU_USAGE = 'npm run test:chaos -- --sfu-kills N --seed S';

/** Rule P7 of sfu/SPEC.md, wall ms. */
const SOUND_MS = 3_000;
const PICTURES_MS = 5_000;

/** Null when nothing of the live room's was asked for; else a report to print, and whether all is well. */
export async function runSfu(
  asked: { readonly 'sfu-kills'?: string | undefined },
  seed: number,
  log: (line: string) => void,
): Promise<{ report: object; well: boolean } | null> {
  const { 'sfu-kills': kills } = asked;
  if (kills === undefined) return null;
  const count = Number(kills);
  if (!Number.isInteger(count) || count < 1) {
    process.stderr.write(`Use: ${SFU_USAGE}\n`);
    process.exit(2);
  }
  const report = await runSfuKills({ kills: count, seed, log });
  const { problems, sound, pictures } = report;
  return { report, well: problems.length === 0 && sound.max <= SOUND_MS && pictures.max <= PICTURES_MS };
}
