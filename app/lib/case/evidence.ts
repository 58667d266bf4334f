/** The evidence of a case in words, and its bar of minutes. Pure. */
import type { Evidence } from '#events/evidence/evidence.ts';
import type { Finding } from '#events/evidence/findings.ts';
import { SIDE_OF, type Side } from '#events/evidence/minutes.ts';
import type { Messages } from '../messages/index.ts';
import type { FindingFact } from '../messages/en/evidence.ts';
import { capital } from '../moment.ts';
import { formatMoney } from '../ui/money.ts';
import { formatDuration } from '../ui/time.ts';

export interface Names {
  readonly tutorName: string;
  readonly studentName: string;
}

const full = (paise: number): string => formatMoney(paise, { paise: 'always' });

/** Whole minutes from one minute on, seconds below. */
export function lengthWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  return formatDuration(Math.round(ms / 60_000) * 60_000);
}

/** One finding as a sentence. */
export function findingWords(finding: Finding, names: Names, words: Messages['evidence']): string {
  const number = (name: string): number => finding.figures[name] ?? 0;
  const fact: FindingFact = {
    tutor: names.tutorName,
    student: names.studentName,
    number,
    length: (name) => lengthWords(number(name)),
    money: (name) => full(number(name)),
  };
  return words.findings[finding.code](fact);
}

/** What the facts speak for, in two sentences: how much, and why. */
export function verdictWords(
  { verdict, terms }: Pick<Evidence, 'verdict' | 'terms'>,
  words: Messages['evidence'],
): { readonly answer: string; readonly why: string } {
  if (verdict.kind === 'open')
    return {
      answer: verdict.why === 'lesson-not-over' ? words.notYet : words.refundOpen,
      why: words.open[verdict.why],
    };
  const why = words.reasons[verdict.reason];
  if (verdict.refund === 0) return { answer: words.refundNothing, why };
  if (verdict.refund === terms.price) return { answer: words.refundAll(full(verdict.refund)), why };
  return { answer: words.refund(full(verdict.refund), verdict.minutes, terms.minutes), why };
}

/** The findings that the verdict rests on, in its order, and the others. */
export function sorted({ verdict, findings }: Pick<Evidence, 'verdict' | 'findings'>): {
  readonly because: readonly Finding[];
  readonly also: readonly Finding[];
} {
  const because = verdict.because.flatMap((code) => findings.filter((finding) => finding.code === code));
  return { because, also: findings.filter((finding) => !because.includes(finding)) };
}

/**
 * What ops begin their reason with. Both sides read it and it outlives an erased account, so it names nobody, and nobody's
 * earlier cases.
 */
export function draftOf(evidence: Evidence, words: Messages['evidence']): string {
  const { verdict } = evidence;
  const names = { tutorName: words.theTutor, studentName: words.theStudent };
  if (verdict.kind === 'open') return '';
  const told = sorted(evidence)
    .because.filter(({ code }) => code !== 'outcome')
    .slice(0, 4)
    .map((finding) => capital(findingWords(finding, names, words)));
  return words.draft(words.reasons[verdict.reason], told);
}

export interface BarPart {
  readonly from: number;
  readonly to: number;
  readonly side: Side | 'held' | 'to-come';
  /** Percent of the booked time. */
  readonly size: number;
}

/** The booked time as parts of a bar; neighbours of one side are one part. */
export function barOf({ stretches, bookedMs }: Evidence['minutes']): readonly BarPart[] {
  const parts: BarPart[] = [];
  for (const { cause, from, to } of stretches) {
    const side = SIDE_OF[cause] ?? (cause === 'to-come' ? 'to-come' : 'held');
    const last = parts.at(-1);
    const start = last?.side === side ? last.from : from;
    if (last?.side === side) parts.pop();
    parts.push({ from: start, to, side, size: ((to - start) / bookedMs) * 100 });
  }
  return parts;
}

/** Ms by side, the longest first. */
export function sumsOf(parts: readonly BarPart[]): readonly { readonly side: BarPart['side']; readonly ms: number }[] {
  const sums = new Map<BarPart['side'], number>();
  for (const { side, from, to } of parts) sums.set(side, (sums.get(side) ?? 0) + to - from);
  return [...sums].map(([side, ms]) => ({ side, ms })).toSorted((a, b) => b.ms - a.ms);
}
