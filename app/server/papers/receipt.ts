/** The payment receipt of one booking, for whoever looks at it from the payer's side. Pure; paise, business ms. */
import type { Paper, Part } from '#platform/pdf/paper.ts';
import type { BookingRow, ChargebackRow, RefundRow, TimelineRow } from '#projections/queries.ts';
import type { Messages } from '../../lib/messages/index.ts';
import { formatMoney } from '../../lib/ui/money.ts';
import { formatClock, formatDate, zoneShort } from '../../lib/ui/time.ts';
import { refundAgainId } from '../ops-booking-acts.server.ts';

export interface ReceiptOf {
  readonly booking: BookingRow;
  readonly rows: readonly TimelineRow[];
  readonly refunds: readonly RefundRow[];
  readonly bank: readonly ChargebackRow[];
  /** IANA zone of its times. */
  readonly zone: string;
}

interface Line {
  readonly at: number;
  readonly what: string;
  readonly reference: string;
  readonly amount: number;
}

const text = (row: TimelineRow, key: string): string => {
  const value = row.data[key];
  return typeof value === 'string' ? value : '';
};

/** A refund that failed is asked for again as another one, which then stands for it. */
const waits = ({ state, refundId }: RefundRow, all: readonly RefundRow[]): boolean =>
  state !== 'processed' && !(state === 'failed' && all.some((later) => later.refundId === refundAgainId(refundId)));

/** Null when nothing was paid. The paper is of the latest movement, so that it stays the same until another one. */
export function receipt(of: ReceiptOf, messages: Messages): Paper | null {
  const { booking, rows, refunds, bank, zone } = of;
  const m = messages.papers.receipt;
  const full = (paise: number): string => formatMoney(paise, { paise: 'always' });
  // A paper is read years later: every date has its year.
  const day = (at: number): string => formatDate(at, zone, 0);
  const when = (at: number): string => `${day(at)}, ${formatClock(at, zone)} (${zoneShort(at, zone)})`;
  const methods: Readonly<Record<string, string>> = messages.records.payments.methods;
  const payments = rows.flatMap((row): Line[] => {
    if (row.type !== 'PaymentCaptured' && row.type !== 'SurplusPaymentDetected') return [];
    const amount = row.data['amount'];
    if (typeof amount !== 'number') return [];
    const method = text(row, 'method');
    const what = row.type === 'PaymentCaptured' ? m.paid(methods[method] ?? method) : m.surplus;
    return [{ at: row.occurredAt, what, reference: text(row, 'providerPaymentId'), amount }];
  });
  if (payments.length === 0) return null;
  const sent = rows.flatMap((row): Line[] => {
    const refund = refunds.find(({ refundId }) => refundId === text(row, 'refundId'));
    if (row.type !== 'RefundProcessed' || !refund) return [];
    return [{ at: row.occurredAt, what: m.refund, reference: text(row, 'providerRefundId'), amount: -refund.amount }];
  });
  const taken = bank
    .filter(({ lost }) => lost > 0)
    .map((one): Line => ({ at: one.since, what: m.bank, reference: one.chargebackId, amount: -one.lost }));
  const lines = [...payments, ...sent, ...taken].toSorted((one, other) => one.at - other.at);
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const waiting = refunds.filter((one) => waits(one, refunds)).reduce((sum, { amount }) => sum + amount, 0);
  const request = rows.find((row) => row.type === 'BookingRequested');
  const payer = request?.actorName ?? booking.studentName;
  const first = payments[0];
  const madeAt = Math.max(...lines.map(({ at }) => at));
  const parts: readonly Part[] = [
    {
      kind: 'paragraph',
      tone: 'strong',
      text: m.lead(full(payments.reduce((sum, { amount }) => sum + amount, 0)), day(first?.at ?? madeAt)),
    },
    {
      kind: 'facts',
      rows: [
        [m.payer, payer],
        [m.student, booking.studentName],
        [m.lesson, m.lessonOf(booking.subject, booking.tutorName)],
        [m.when, `${when(booking.startsAt)}, ${m.minutes(booking.minutes)}`],
        [m.booking, booking.bookingId],
        [m.order, booking.orderId ?? '–'],
      ],
    },
    { kind: 'heading', text: m.movements },
    {
      kind: 'table',
      columns: [
        { title: m.columns.at, share: 3 },
        { title: m.columns.what, share: 3 },
        { title: m.columns.reference, share: 3.4 },
        { title: m.columns.amount, share: 1.6, align: 'end' },
      ],
      rows: lines.map((line) => [when(line.at), line.what, line.reference, full(line.amount)]),
      total: [m.total, '', '', full(total)],
    },
    ...(waiting > 0 ? [{ kind: 'paragraph', text: m.waiting(full(waiting)) } as const] : []),
    { kind: 'paragraph', tone: 'quiet', text: m.notTax },
  ];
  return {
    title: m.title,
    author: 'NexusEd',
    madeAt,
    footer: m.footer(booking.bookingId, day(madeAt)),
    parts,
  };
}
