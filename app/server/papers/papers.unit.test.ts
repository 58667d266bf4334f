import { describe, expect, it } from 'vitest';
import { pdf } from '#platform/pdf/pdf.server.ts';
import type { BookingRow, RefundRow, StatementRow, TimelineRow } from '#projections/queries.ts';
import { messagesIn } from '../../lib/messages/index.ts';
import { readPdf } from '../../../tests/support/pdf-text.ts';
import { refundAgainId } from '../ops-booking-acts.server.ts';
import { receipt, type ReceiptOf } from './receipt.ts';
import { statement } from './statement.ts';

const words = messagesIn('en');
const DAY = 86_400_000;
/** Sun 22 Nov 2026, 10:15 am in India. */
const AT = Date.UTC(2026, 10, 22, 4, 45);

const booking: BookingRow = {
  bookingId: 'b1',
  state: 'cancelled',
  tutorId: 'meera',
  tutorName: 'Meera Iyer',
  tutorSlug: null,
  studentId: 'asha',
  studentName: 'आशा',
  bookedBy: 'parent',
  offerId: 'o',
  subject: 'Mathematics',
  startsAt: AT + DAY,
  minutes: 60,
  seats: 1,
  price: 80_000,
  mode: 'instant',
  note: '',
  policyVersion: '2026-11',
  requestedAt: AT,
  confirmedAt: AT,
  lessonId: null,
  code: null,
  payBy: null,
  orderId: 'order_1',
  payment: 'partly-refunded',
  paymentProblem: null,
  paymentMethod: 'upi',
  refundDue: 40_000,
  refunded: 40_000,
  declineReason: null,
  cancelledBy: 'student',
  cancelRule: 'tier-4h',
  outcome: null,
  reschedule: null,
  refundCapPct: 100,
  disputeState: null,
  refundState: 'processed',
  refundExpectedBy: null,
};

const row = (type: string, data: TimelineRow['data'], at: number, actorName: string | null = null): TimelineRow => ({
  position: '1',
  eventId: `${type} ${at}`,
  stream: 's',
  revision: 0,
  lane: 'payment',
  type,
  data,
  actor: { kind: 'process', id: 'test' },
  actorName,
  occurredAt: at,
  recordedAt: at,
  correlationId: 'c',
  chain: '',
});

const refund: RefundRow = {
  refundId: 'r1',
  bookingId: 'b1',
  providerPaymentId: 'pay_1',
  amount: 40_000,
  reason: 'tier-4h',
  state: 'processed',
  method: 'upi',
  surplus: false,
  requestedAt: AT,
  expectedBy: AT,
  processedAt: AT + DAY,
};

const paid: ReceiptOf = {
  booking,
  rows: [
    row('BookingRequested', {}, AT - DAY, 'Parent Rao'),
    row('PaymentCaptured', { providerPaymentId: 'pay_1', amount: 80_000, method: 'upi' }, AT),
    row('RefundProcessed', { refundId: 'r1', providerRefundId: 'rfnd_1', amount: 40_000 }, AT + DAY),
  ],
  refunds: [refund],
  bank: [],
  zone: 'Asia/Kolkata',
};

async function textOf(of: ReceiptOf): Promise<string> {
  const paper = receipt(of, words);
  if (!paper) throw new Error('no receipt');
  return (await readPdf(await pdf(paper))).pages.join('\n');
}

describe('a receipt', () => {
  it('[PR1] says who paid what, when and for which lesson, what went back, and that it is no tax invoice', async () => {
    const text = await textOf(paid);
    for (const said of [
      '₹800.00 was paid to NexusEd on Sun 22 Nov 2026.',
      'Parent Rao',
      'आशा',
      'Mathematics with Meera Iyer',
      'Mon 23 Nov 2026, 10:15 am (IST), 60 minutes',
      'pay_1',
      'Paid by UPI',
      'rfnd_1',
      '−₹400.00',
      'not a tax invoice',
    ])
      expect(text).toContain(said);
    expect(text).toMatch(/Paid in the end\s+₹400\.00/);
  });

  it('[PR1] adds a second payment and what a bank took, and says what is still to go back', async () => {
    const extra = row('SurplusPaymentDetected', { providerPaymentId: 'pay_2', amount: 80_000 }, AT);
    const waiting: RefundRow = { ...refund, refundId: 'r2', amount: 80_000, state: 'failed', processedAt: null };
    const text = await textOf({ ...paid, rows: [...paid.rows, extra], refunds: [refund, waiting] });
    expect(text).toContain('Paid once too often');
    expect(text).toContain('₹800.00 is still to go back to the payer.');
    expect(text).toMatch(/Paid in the end\s+₹1,200\.00/);
  });

  it('[PR1] counts a refund that failed and was asked for again once, and not at all when it went through', () => {
    const failed: RefundRow = { ...refund, state: 'failed', processedAt: null };
    const second: RefundRow = { ...failed, refundId: refundAgainId('r1') };
    const third: RefundRow = { ...failed, refundId: refundAgainId(second.refundId), state: 'requested' };
    const rows = paid.rows.slice(0, 2);
    const rest = (refunds: readonly RefundRow[], more: readonly TimelineRow[] = []): string | undefined =>
      /₹[\d,.]+ is still to go back/.exec(
        JSON.stringify(receipt({ ...paid, rows: [...rows, ...more], refunds }, words)),
      )?.[0];
    const once = '₹400.00 is still to go back';
    expect(rest([failed])).toBe(once);
    expect(rest([failed, { ...second, state: 'requested' }])).toBe(once);
    expect(rest([third, second, failed])).toBe(once);
    const sent = row('RefundProcessed', { refundId: second.refundId, providerRefundId: 'rfnd_2' }, AT);
    expect(rest([failed, { ...second, state: 'processed' }], [sent])).toBeUndefined();
  });

  it('[PR1] is not there when nothing was paid', () => {
    expect(receipt({ ...paid, rows: [] }, words)).toBeNull();
  });
});

const moved = (kind: StatementRow['kind'], amount: number, at: number, reference: string): StatementRow => ({
  at,
  kind,
  bookingId: 'b1',
  subject: 'Mathematics',
  lessonAt: at - 3 * DAY,
  studentName: 'आशा',
  tutorName: 'Meera Iyer',
  amount,
  gross: 80_000,
  commission: 8_000,
  reference,
});

describe('a statement of a month', () => {
  const from = Date.UTC(2026, 9, 31, 18, 30);
  const to = Date.UTC(2026, 10, 30, 18, 30);
  const rows = [
    moved('released', 72_000, AT, 'trf_1'),
    moved('released', 36_000, AT + DAY, 'trf_2'),
    moved('settled', 72_000, AT + DAY, 'setl_1'),
    moved('owed', -72_000, AT + 2 * DAY, 'disp_1'),
  ];
  const of = (now: number, list: readonly StatementRow[] = rows) =>
    statement(
      {
        tutorId: 'meera',
        tutorName: 'Meera Iyer',
        statement: { from, to, rows: list, total: 0 },
        month: 'November 2026',
        zone: 'Asia/Kolkata',
        now,
      },
      words,
    );

  it('[PR2] has each release with price and commission, settlements and debts apart, and its sums', async () => {
    const text = (await readPdf(await pdf(of(to)))).pages.join('\n');
    for (const said of [
      '₹1,080.00 was released to you in November 2026.',
      'Sun 1 Nov 2026 – Mon 30 Nov 2026',
      'Mathematics with आशा, Fri 20 Nov 2026',
      'Where a part went back to the payer',
      'setl_1',
      '−₹720.00',
      'not a tax invoice',
    ])
      expect(text).toContain(said);
    expect(text).toMatch(/Together\s+₹1,080\.00/);
    expect(text).not.toContain('The month is not over');
  });

  it('[PR2, PR3] says when a month is not over, or when nothing moved, and is the same file when nothing changed', async () => {
    expect(JSON.stringify(of(AT))).toContain('The month is not over');
    expect(JSON.stringify(of(to, []))).toContain('Nothing was released in this month.');
    expect((await pdf(of(to))).equals(await pdf(of(to + DAY)))).toBe(true);
  });
});
