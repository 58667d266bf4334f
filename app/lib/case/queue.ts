/** What waits for ops, as its rows; which of it the filter shows. Pure. */
import { actsOf, isDecidedOnCase, type OpsCommand } from '#app/server/ops-acts.ts';
import type { BookingRow, ChargebackRow, DisputeQueueRow, DriftRow, StuckRow } from '#projections/queries.ts';

export const KINDS = ['second', 'decide', 'bank', 'stuck', 'drift'] as const;
export type Kind = (typeof KINDS)[number];

/** As much of what somebody wrote as a row has room for. */
const EXCERPT = 160;

export interface WaitingDispute {
  readonly bookingId: string;
  readonly kind: DisputeQueueRow['kind'];
  readonly waitsFor: DisputeQueueRow['waitsFor'];
  readonly cause: DisputeQueueRow['cause'];
  readonly subject: string;
  readonly studentName: string;
  readonly tutorName: string;
  readonly gross: number;
  readonly wants: number | null;
  readonly excerpt: string;
  readonly openedAt: number;
  readonly deadline: number;
  readonly proposal: { readonly refund: number; readonly byName: string; readonly mine: boolean } | null;
  /** The viewer is a party. */
  readonly own: boolean;
}

export interface WaitingStuck {
  readonly what: string;
  readonly bookingId: string;
  readonly subjectId: string | null;
  readonly since: number;
  readonly detail: string;
  readonly acts: readonly OpsCommand[];
  readonly decidedOnCase: boolean;
  readonly booking: Pick<BookingRow, 'subject' | 'studentName' | 'tutorName'> | null;
}

export interface Waiting {
  readonly disputes: readonly WaitingDispute[];
  readonly bank: readonly ChargebackRow[];
  readonly stuck: readonly WaitingStuck[];
  readonly drift: readonly DriftRow[];
}

/** `reach`: the students that the viewer acts for, themselves among them. */
export function waitingDispute(row: DisputeQueueRow, viewerId: string, reach: ReadonlySet<string>): WaitingDispute {
  const { bookingId, kind, waitsFor, cause, subject, studentName, tutorName, gross, wants, openedAt, deadline } = row;
  const text = row.text.trim().replaceAll(/\s+/g, ' ');
  return {
    bookingId,
    kind,
    waitsFor,
    cause,
    subject,
    studentName,
    tutorName,
    gross,
    wants,
    excerpt: text.length > EXCERPT ? `${text.slice(0, EXCERPT).trimEnd()}…` : text,
    openedAt,
    deadline,
    proposal: row.proposal && {
      refund: row.proposal.refund,
      byName: row.proposal.byName,
      mine: row.proposal.by === viewerId,
    },
    own: reach.has(row.studentId) || [row.studentId, row.bookedBy, row.tutorId].includes(viewerId),
  };
}

export function waitingStuck(row: StuckRow, booking: WaitingStuck['booking'], viewerId: string): WaitingStuck {
  const { what, bookingId, subjectId, since, detail } = row;
  const acts = actsOf(row, viewerId);
  return { what, bookingId, subjectId, since, detail, acts, decidedOnCase: isDecidedOnCase(row), booking };
}

/** A refund that failed again and again is one thing to do: of rows that say the same, the oldest stays. */
export function distinct(rows: readonly WaitingStuck[]): readonly WaitingStuck[] {
  const said = ({ what, bookingId, subjectId, detail }: WaitingStuck): string =>
    JSON.stringify([what, bookingId, subjectId, detail]);
  return rows.filter((row, index) => rows.findIndex((other) => said(other) === said(row)) === index);
}

/** Somebody else proposed it, so the viewer can agree or not. */
export const isForViewer = (row: WaitingDispute): boolean =>
  row.waitsFor === 'second-person' && !row.own && row.proposal !== null && !row.proposal.mine;

/** Every word of `text` stands in one of `parts`. */
export function fits(text: string, parts: readonly (string | null)[]): boolean {
  const whole = parts.join(' ').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
}

interface WordsOf {
  readonly cause: (cause: string) => string;
  readonly stuck: (what: string) => string;
}

export interface Sections {
  readonly second: readonly WaitingDispute[];
  readonly decide: readonly WaitingDispute[];
  readonly bank: readonly ChargebackRow[];
  readonly stuck: readonly WaitingStuck[];
  readonly drift: readonly DriftRow[];
}

/** What fits the words, by kind. What the viewer proposed stands with the disputes: they can only wait. */
export function sectionsOf({ disputes, bank, stuck, drift }: Waiting, text: string, words: WordsOf): Sections {
  const found = disputes.filter((row) =>
    fits(text, [
      row.bookingId,
      row.subject,
      row.studentName,
      row.tutorName,
      row.excerpt,
      words.cause(row.cause),
      row.proposal?.byName ?? null,
    ]),
  );
  return {
    second: found.filter(isForViewer),
    decide: found.filter((row) => !isForViewer(row)),
    bank: bank.filter((row) =>
      fits(text, [row.bookingId, row.chargebackId, row.providerPaymentId, row.subject, row.studentName, row.tutorName]),
    ),
    stuck: stuck.filter((row) =>
      fits(text, [
        row.bookingId,
        row.subjectId,
        row.detail,
        words.stuck(row.what),
        row.booking?.subject ?? null,
        row.booking?.studentName ?? null,
        row.booking?.tutorName ?? null,
      ]),
    ),
    drift: drift.filter((row) => fits(text, [row.subject, row.bookingId, row.class, row.ours, row.theirs, row.note])),
  };
}
