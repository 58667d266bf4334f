/** The search form of `/tutors`: what stands in its address, and what is asked of the read models. */
import type { TutorSearch } from '#projections/queries.ts';
import { DAY, HOUR, dayKey, dayStart, instantOf, wallTime } from './ui/time.ts';

export const SORTS = ['best', 'price', 'soonest'] as const;
export const PARTS = ['morning', 'afternoon', 'evening'] as const;
export type Sort = (typeof SORTS)[number];
export type Part = (typeof PARTS)[number];

export interface SearchForm {
  readonly text: string;
  readonly subject: string;
  readonly level: string;
  readonly language: string;
  /** Whole rupees; empty for any. */
  readonly max: string;
  /** `''`, `today`, `tomorrow`, `weekend`, or `YYYY-MM-DD` in the viewer's zone. */
  readonly day: string;
  readonly part: Part | '';
  readonly sort: Sort;
  /** 1-based. */
  readonly page: number;
}

export const NO_FILTERS: SearchForm = {
  text: '',
  subject: '',
  level: '',
  language: '',
  max: '',
  day: '',
  part: '',
  sort: 'best',
  page: 1,
};

export const PAGE_SIZE = 12;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MAX_TEXT = 100;

const oneOf = <Value extends string>(values: readonly Value[], value: string | null): Value | undefined =>
  values.find((known) => known === value);

/** Reads an address; anything that makes no sense counts as not asked. */
export function searchFrom(params: URLSearchParams): SearchForm {
  const text = (name: string): string => (params.get(name) ?? '').trim().slice(0, MAX_TEXT);
  const page = Number(params.get('page') ?? '1');
  // The landing page's one choice of both.
  const evening = text('day') === 'this-evening';
  const day = evening ? 'today' : text('day');
  const known = ['today', 'tomorrow', 'weekend'].includes(day) || DATE.test(day);
  return {
    text: text('q'),
    subject: text('subject'),
    level: text('level'),
    language: text('language'),
    max: /^\d{1,6}$/.test(text('max')) ? text('max') : '',
    day: known ? day : '',
    part: evening ? 'evening' : known && day !== 'weekend' ? (oneOf(PARTS, params.get('part')) ?? '') : '',
    sort: oneOf(SORTS, params.get('sort')) ?? 'best',
    page: Number.isInteger(page) && page > 0 && page < 1_000 ? page : 1,
  };
}

/** The address of a search; only what differs from an empty form stands in it. */
export function searchHref(form: SearchForm): string {
  const params = new URLSearchParams();
  const set = (name: string, value: string): void => {
    if (value !== '') params.set(name, value);
  };
  set('q', form.text);
  set('subject', form.subject);
  set('level', form.level);
  set('language', form.language);
  set('max', form.max);
  set('day', form.day);
  set('part', form.part);
  set('sort', form.sort === 'best' ? '' : form.sort);
  set('page', form.page === 1 ? '' : String(form.page));
  const query = params.toString();
  return query === '' ? '/tutors' : `/tutors?${query}`;
}

/** How many filters narrow the list, beside the words and the order. */
export const filterCount = ({ subject, level, language, max, day, part }: SearchForm): number =>
  [subject, level, language, max, day, part].filter((value) => value !== '').length;

export interface FreeWindow {
  readonly from: number;
  readonly to: number;
}

const PART_HOURS: Readonly<Record<Part, readonly [number, number]>> = {
  morning: [0, 12],
  afternoon: [12, 17],
  evening: [17, 24],
};

/** The instants between which a lesson must start; null when any time will do. Ends before it begins: nothing can fit. */
export function freeWindow(day: string, part: Part | '', zone: string, now: number): FreeWindow | null {
  if (day === '') return null;
  const { weekday } = wallTime(now, zone);
  if (day === 'weekend') {
    // On a Sunday the weekend is what is left of it.
    const untilSaturday = weekday === 0 ? -1 : 6 - weekday;
    return {
      from: Math.max(now, dayStart(now, zone, untilSaturday)),
      to: dayStart(now, zone, untilSaturday + 2),
    };
  }
  const date = DATE.exec(day);
  const start = date
    ? instantOf(Number(date[1]), Number(date[2]), Number(date[3]), 0, 0, zone)
    : dayStart(now, zone, day === 'tomorrow' ? 1 : 0);
  const [fromHour, toHour] = part === '' ? [0, 24] : PART_HOURS[part];
  const { year, month, day: dayOfMonth } = wallTime(start + HOUR, zone);
  const at = (hour: number): number => instantOf(year, month, dayOfMonth, hour, 0, zone);
  return { from: Math.max(now, at(fromHour)), to: at(toHour) };
}

/** What the read models are asked. */
export function queryOf(form: SearchForm, zone: string, now: number): TutorSearch {
  const window = freeWindow(form.day, form.part, zone, now);
  return {
    ...(form.text && { text: form.text }),
    ...(form.subject && { subject: form.subject }),
    ...(form.level && { level: form.level }),
    ...(form.language && { language: form.language }),
    ...(form.max && { maxPrice: Number(form.max) * 100 }),
    ...(window && { freeFrom: window.from, freeTo: window.to }),
    sort: form.sort,
    limit: PAGE_SIZE,
    offset: (form.page - 1) * PAGE_SIZE,
  };
}

/** The next `count` days as values of the day filter, after today and tomorrow. */
export function daysAhead(zone: string, now: number, count: number): readonly { value: string; at: number }[] {
  return Array.from({ length: count }, (_, index) => {
    const at = dayStart(now, zone, index + 2);
    return { value: dayKey(at + DAY / 4, zone), at };
  });
}
