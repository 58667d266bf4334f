/** Who was there, on one time axis: intervals of attendance as percentages of a common span. Pure; instants are ms. */
import type { AttendanceRow, Interval } from '#projections/queries.ts';

/** A stretch of the axis, in percent of its length. */
export interface Stretch {
  readonly a: number;
  readonly b: number;
}

export interface PersonOnAxis {
  readonly personId: string;
  readonly name: string;
  readonly role: string;
  /** Tutors are judged by what they sent, everyone else by what they received. */
  readonly media: 'sent' | 'received';
  readonly here: readonly Stretch[];
  readonly mediaOn: readonly Stretch[];
  /** Where they were here with the page out of sight. */
  readonly away: readonly Stretch[];
  /** Minutes in which they worked on board or chat. */
  readonly worked: readonly number[];
  readonly hereMs: number;
  readonly awayMs: number;
}

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly marks: readonly { readonly at: number; readonly pct: number }[];
  /** Start and end of the booked time. */
  readonly booked: Stretch;
  readonly people: readonly PersonOnAxis[];
  /** Between the first and the last moment together, the times in which one of the two was missing. */
  readonly gaps: readonly (Stretch & { readonly ms: number })[];
}

const MINUTE = 60_000;
const STEPS = [5, 10, 15, 30, 60, 120].map((minutes) => minutes * MINUTE);
/** A reconnect shorter than this is no gap that anyone has to explain. */
const GAP_FROM = 30_000;

type Span = { readonly from: number; readonly to: number };

/** Sorted, without overlaps, open ends closed at `now`. */
export function merged(intervals: readonly Interval[], now: number): readonly Span[] {
  const spans: { from: number; to: number }[] = [];
  for (const { from, to } of intervals.toSorted((x, y) => x.from - y.from)) {
    const last = spans.at(-1);
    const end = to ?? Math.max(now, from);
    if (last && from <= last.to) last.to = Math.max(last.to, end);
    else spans.push({ from, to: end });
  }
  return spans;
}

function common(left: readonly Span[], right: readonly Span[]): readonly Span[] {
  const spans: Span[] = [];
  for (const a of left) {
    for (const b of right) {
      const from = Math.max(a.from, b.from);
      const to = Math.min(a.to, b.to);
      if (from < to) spans.push({ from, to });
    }
  }
  return spans.toSorted((x, y) => x.from - y.from);
}

/** The longest step that still gives at least three marks. */
function stepFor(length: number): number {
  return STEPS.findLast((step) => length / step >= 3) ?? STEPS[0] ?? MINUTE;
}

/**
 * Lays `rows` on one axis that covers the booked time and everything that happened around it.
 * `pair` names the tutor and the student between whom gaps are looked for.
 */
export function presenceAxis(
  rows: readonly AttendanceRow[],
  booked: { readonly startsAt: number; readonly minutes: number },
  pair: { readonly tutorId: string; readonly studentId: string },
  now: number,
): Axis {
  const endsAt = booked.startsAt + booked.minutes * MINUTE;
  const spans = new Map(rows.map((row) => [row, merged(row.here, now)]));
  const edges = [...spans.values()].flat().flatMap((span) => [span.from, span.to]);
  const margin = Math.max(MINUTE, (booked.minutes * MINUTE) / 20);
  const from = Math.min(booked.startsAt, ...edges) - margin;
  const to = Math.max(endsAt, ...edges) + margin;
  const pct = (at: number): number => Math.round(((at - from) / (to - from)) * 10_000) / 100;
  const stretch = (span: Span): Stretch => ({ a: pct(span.from), b: pct(span.to) });

  const people = [...spans].map(([row, here]): PersonOnAxis => {
    const media = row.personId === pair.tutorId ? 'sent' : 'received';
    return {
      personId: row.personId,
      name: row.name,
      role: row.role,
      media,
      here: here.map(stretch),
      mediaOn: merged(media === 'sent' ? row.sent : row.received, now).map(stretch),
      away: merged(row.away, now).map(stretch),
      worked: row.workedMinutes.map((minute) => pct(minute + MINUTE / 2)),
      hereMs: row.hereMs,
      awayMs: row.awayMs,
    };
  });

  const hereOf = (personId: string): readonly Span[] =>
    merged(
      rows.filter((row) => row.personId === personId).flatMap((row) => row.here),
      now,
    );
  const together = common(hereOf(pair.tutorId), hereOf(pair.studentId));
  const gaps = together.slice(1).flatMap((next, index) => {
    const last = together[index];
    const ms = last ? next.from - last.to : 0;
    return last && ms >= GAP_FROM ? [{ ...stretch({ from: last.to, to: next.from }), ms }] : [];
  });

  const step = stepFor(to - from);
  const marks: { at: number; pct: number }[] = [];
  // Marks count from the booked start, so that it is always one of them, whatever the zone's offset.
  const first = booked.startsAt - Math.floor((booked.startsAt - from) / step) * step;
  for (let at = first; at <= to; at += step) marks.push({ at, pct: pct(at) });

  return { from, to, marks, booked: { a: pct(booked.startsAt), b: pct(endsAt) }, people, gaps };
}
