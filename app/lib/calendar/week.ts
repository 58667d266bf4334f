/** One week of a tutor, laid out by day in the calendar's zone. Pure; minutes count from midnight of their day. */
import type { LessonRow, TutorPage } from '#projections/queries.ts';
import { addDays, instantOf, minuteOf, wallAt, type Day } from './zoned.ts';

export interface OpenBlock {
  readonly kind: 'open';
  readonly from: number;
  readonly to: number;
  /** What can be booked in it. */
  readonly titles: readonly string[];
}

export interface OffBlock {
  readonly kind: 'off';
  readonly from: number;
  readonly to: number;
}

export interface LessonBlock {
  readonly kind: 'lesson';
  readonly from: number;
  readonly to: number;
  readonly lesson: LessonRow;
}

export type Block = OpenBlock | OffBlock | LessonBlock;

export interface WeekDay {
  readonly day: Day;
  readonly weekday: number;
  /** Midnight, ms. */
  readonly start: number;
  readonly blocks: readonly Block[];
}

export interface Week {
  readonly days: readonly WeekDay[];
  /** Whole hours that the grid must show, in minutes; at least eight of them. */
  readonly from: number;
  readonly to: number;
}

const DAY_MINUTES = 24 * 60;
const MINUTE = 60_000;
const FEWEST_HOURS = 8;

type Calendar = Pick<TutorPage, 'zone' | 'windows' | 'timeOff' | 'offers'>;

/** Windows that touch or overlap as one block, each title once. */
function openBlocks(windows: readonly Omit<OpenBlock, 'kind'>[]): readonly OpenBlock[] {
  const blocks: { kind: 'open'; from: number; to: number; titles: string[] }[] = [];
  for (const window of windows.toSorted((a, b) => a.from - b.from)) {
    const last = blocks.at(-1);
    if (last && window.from <= last.to) {
      last.to = Math.max(last.to, window.to);
      last.titles.push(...window.titles.filter((title) => !last.titles.includes(title)));
    } else {
      blocks.push({ kind: 'open', from: window.from, to: window.to, titles: [...window.titles] });
    }
  }
  return blocks;
}

/** The part of [from, to) (ms) that lies in the day, in minutes of its wall; null when none does. */
function partOfDay(day: Day, zone: string, from: number, to: number): { from: number; to: number } | null {
  const starts = instantOf(day, 0, zone);
  const ends = instantOf(addDays(day, 1), 0, zone);
  if (to <= starts || from >= ends) return null;
  return {
    from: from <= starts ? 0 : wallAt(from, zone).minute,
    to: to >= ends ? DAY_MINUTES : wallAt(to, zone).minute,
  };
}

/** The seven days from `monday`, with open hours, time off and lessons. */
export function weekOf(monday: Day, calendar: Calendar, lessons: readonly LessonRow[]): Week {
  const { zone } = calendar;
  const titleOf = (offerId: string): string => calendar.offers.find((offer) => offer.offerId === offerId)?.title ?? '';
  const days = Array.from({ length: 7 }, (_, index): WeekDay => {
    const day = addDays(monday, index);
    const start = instantOf(day, 0, zone);
    const weekday = wallAt(start + DAY_MINUTES * MINUTE * 0.5, zone).weekday;
    const open = openBlocks(
      calendar.windows
        .filter((window) => window.weekday === weekday && titleOf(window.offerId) !== '')
        .map((window) => ({
          from: minuteOf(window.from) ?? 0,
          to: minuteOf(window.to) ?? DAY_MINUTES,
          titles: [titleOf(window.offerId)],
        })),
    );
    const off = calendar.timeOff.flatMap((time): readonly OffBlock[] => {
      const part = partOfDay(day, zone, time.from, time.to);
      return part ? [{ kind: 'off', ...part }] : [];
    });
    const held = lessons.flatMap((lesson): readonly LessonBlock[] => {
      const part = partOfDay(day, zone, lesson.startsAt, lesson.startsAt + lesson.minutes * MINUTE);
      return part ? [{ kind: 'lesson', ...part, lesson }] : [];
    });
    const order: Readonly<Record<Block['kind'], number>> = { open: 0, off: 1, lesson: 2 };
    const blocks = [...open, ...off, ...held].toSorted((a, b) => a.from - b.from || order[a.kind] - order[b.kind]);
    return { day, weekday, start, blocks };
  });

  // Time off says nothing about the hours that are worth showing.
  const telling = days.flatMap((day) => day.blocks).filter((block) => block.kind !== 'off');
  const earliest = Math.min(9 * 60, ...telling.map((block) => block.from));
  const latest = Math.max(17 * 60, ...telling.map((block) => block.to));
  const from = Math.floor(earliest / 60) * 60;
  const to = Math.max(Math.ceil(latest / 60) * 60, Math.min(DAY_MINUTES, from + FEWEST_HOURS * 60));
  return { days, from, to };
}
