/** The board's part of `npm run test:chaos`: `-- --board-rounds N`, `--board-kills N`, `--board-fuzz N`, `--board-freeze SECONDS`, each with `--seed S`, or `--board-soak`. */
import { runBoardFreeze } from './board-freeze.ts';
import { runBoardFuzz } from './board-fuzz.ts';
import { runBoardKills } from './board-kills.ts';
import { runBoardRounds } from './board-rounds.ts';
import { isFlat, runBoardSoak } from './board-soak.ts';

export const BOARD_OPTIONS = {
  'board-rounds': { type: 'string' },
  'board-kills': { type: 'string' },
  'board-fuzz': { type: 'string' },
  'board-freeze': { type: 'string' },
  'board-soak': { type: 'boolean' },
} as const;

/** Until a client of a killed node draws on, acknowledged, at another one. */
const MOST_RESUME_MS = 2_000;
/** By which attackers may move the p99 of the others. */
const MOST_MOVED_MS = 10;

type Asked = {
  readonly [option in keyof typeof BOARD_OPTIONS]?: (typeof BOARD_OPTIONS)[option]['type'] extends 'boolean'
    ? boolean | undefined
    : string | undefined;
};

export const BOARD_USAGE =
  'npm run test:chaos -- --board-rounds N --seed S, or --board-kills N --seed S, or --board-fuzz N --seed S, or --board-freeze SECONDS, or --board-soak';

/** Null when nothing of the board's was asked for; else a report to print, and whether all is well. */
export async function runBoard(
  asked: Asked,
  seed: number,
  log: (line: string) => void,
): Promise<{ report: object; well: boolean } | null> {
  const { 'board-rounds': rounds, 'board-kills': kills, 'board-fuzz': fuzz } = asked;
  const { 'board-freeze': seconds, 'board-soak': soak } = asked;
  if (rounds !== undefined) {
    const report = await runBoardRounds({ rounds: whole(rounds), seed, log });
    return { report, well: report.problems.length === 0 };
  }
  if (kills !== undefined) {
    const report = await runBoardKills({ kills: whole(kills), seed, writers: 200, log });
    const { lost, problems, resumeMs } = report;
    return { report, well: lost.length === 0 && problems.length === 0 && resumeMs.max <= MOST_RESUME_MS };
  }
  if (fuzz !== undefined) {
    const report = await runBoardFuzz({ messages: whole(fuzz), seed, quietMs: 10_000, log });
    const { problems, lost, tolerated, movedMs } = report;
    const kept = problems.length === 0 && lost === 0 && Object.keys(tolerated).length === 0;
    return { report, well: kept && movedMs <= MOST_MOVED_MS };
  }
  if (seconds !== undefined) {
    const report = await runBoardFreeze({ seconds: whole(seconds), log });
    return { report, well: report.problems.length === 0 };
  }
  if (soak === true) {
    const report = await runBoardSoak({ strokes: 10_000, people: 200, secondsAnHour: 45, log });
    return { report, well: report.missing === 0 && report.problems.length === 0 && isFlat(report) };
  }
  return null;
}

function whole(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  process.stderr.write(`Use: ${BOARD_USAGE}\n`);
  process.exit(2);
}
