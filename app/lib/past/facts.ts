/** A booking of some instant as lines of words and amounts, and what differs between two instants. Pure. */
import type { PastBooking } from '#projections/queries.ts';
import type { Messages } from '../messages/index.ts';
import { exactInstant } from '../case/readable.ts';
import { formatMoney } from '../ui/money.ts';

export const GROUPS = ['booking', 'payment', 'refund', 'payout', 'dispute', 'bank', 'money', 'account'] as const;
export type Group = (typeof GROUPS)[number];

export interface PastFact {
  readonly id: string;
  readonly group: Group;
  readonly label: string;
  /** A name to copy, beside the label. */
  readonly code?: string;
  readonly text: string;
  /** Where the text is an amount, paise. */
  readonly paise: number | null;
}

interface Reader {
  readonly messages: Messages;
  /** IANA. */
  readonly zone: string;
}

/** Every line that the booking had then; what was null or nothing has none. */
export function pastFacts(past: PastBooking, reader: Reader): readonly PastFact[] {
  const lines = writerFor(reader);
  ofBooking(past, reader, lines);
  ofPayments(past, reader, lines);
  ofPayout(past, reader, lines);
  ofDispute(past, reader, lines);
  ofBank(past, reader, lines);
  ofMoney(past, reader, lines);
  return lines.all;
}

/** Takes lines of one booking; null makes none. */
function writerFor({ zone }: Reader) {
  const all: PastFact[] = [];
  return {
    all,
    words(group: Group, id: string, label: string, text: string | null | undefined): void {
      if (text !== null && text !== undefined && text !== '') all.push({ id, group, label, text, paise: null });
    },
    instant(group: Group, id: string, label: string, at: number | null): void {
      if (at !== null) all.push({ id, group, label, text: exactInstant(at, zone), paise: null });
    },
    amount(group: Group, id: string, label: string, paise: number | null, text = full): void {
      if (paise !== null) all.push({ id, group, label, text: text(paise), paise });
    },
    account(account: string, name: string, paise: number, text: string): void {
      all.push({ id: `account:${account}`, group: 'account', label: name, code: account, text, paise });
    },
  };
}

type Lines = ReturnType<typeof writerFor>;

const full = (paise: number): string => formatMoney(paise, { paise: 'always' });
/** Nothing where there was nothing: most bookings owe nothing and are never taken back. */
const orNone = (paise: number): number | null => (paise === 0 ? null : paise);

function ofBooking({ booking }: PastBooking, { messages, zone }: Reader, lines: Lines): void {
  if (!booking) return;
  const { past, cases } = messages;
  const m = past.facts;
  lines.words('booking', 'state', m.state, cases.states[booking.state]);
  lines.instant('booking', 'startsAt', m.startsAt, booking.startsAt);
  lines.amount('booking', 'price', m.price, booking.price);
  lines.words('booking', 'rules', m.rules, booking.policyVersion);
  lines.words('booking', 'lesson', m.lesson, booking.lessonId);
  lines.instant('booking', 'payBy', m.payBy, booking.payBy);
  lines.instant('booking', 'confirmedAt', m.confirmedAt, booking.confirmedAt);
  lines.words('booking', 'declined', m.declined, booking.declineReason);
  const { cancelledBy, cancelRule, reschedule } = booking;
  if (cancelledBy)
    lines.words('booking', 'cancelled', m.cancelled, [m.by[cancelledBy], cancelRule].filter(Boolean).join(', '));
  if (reschedule) lines.words('booking', 'move', m.move, exactInstant(reschedule.startsAt, zone));
  if (booking.refundCapPct < 100) lines.words('booking', 'refundCap', m.refundCap, `${booking.refundCapPct} %`);
  lines.words('booking', 'outcome', m.outcome, booking.outcome && cases.outcomes[booking.outcome]);
}

function ofPayments({ booking, payments, refunds }: PastBooking, { messages }: Reader, lines: Lines): void {
  const { past, cases } = messages;
  const m = past.facts;
  if (booking) {
    lines.words('payment', 'payment', m.payment, cases.payments[booking.payment]);
    lines.words('payment', 'method', m.method, booking.paymentMethod);
    lines.words('payment', 'problem', m.problem, booking.paymentProblem);
    lines.words('payment', 'order', m.order, booking.orderId);
    lines.amount('refund', 'refundDue', m.refundDue, orNone(booking.refundDue));
    lines.amount('refund', 'refunded', m.refunded, orNone(booking.refunded));
  }
  for (const { providerPaymentId: id, amount, capturedAt, lost } of payments) {
    lines.amount('payment', `payment:${id}`, m.paymentOf(id), amount);
    lines.instant('payment', `captured:${id}`, m.capturedAt(id), capturedAt);
    lines.amount('payment', `lost:${id}`, m.lostOf(id), orNone(lost));
  }
  for (const { refundId: id, amount, state, processedAt } of refunds) {
    lines.amount('refund', `refund:${id}`, m.refundOf(id), amount);
    lines.words('refund', `refund-state:${id}`, m.refundState(id), m.refundStates[state]);
    lines.instant('refund', `refund-done:${id}`, m.refundDone(id), processedAt);
  }
}

function ofPayout({ payout }: PastBooking, { messages, zone }: Reader, lines: Lines): void {
  if (!payout) return;
  const { past, cases } = messages;
  const m = past.facts;
  lines.words('payout', 'payout', m.state, cases.payouts[payout.state]);
  lines.amount('payout', 'share', m.share, payout.share);
  lines.amount('payout', 'commission', m.commission, payout.commission);
  lines.amount('payout', 'reversed', m.reversed, orNone(payout.reversed));
  lines.amount('payout', 'owed', m.owed, orNone(payout.owed));
  lines.amount('payout', 'clawback', m.clawback, orNone(payout.clawback));
  lines.instant('payout', 't0', m.t0, payout.t0);
  lines.instant('payout', 'releaseAt', m.releaseAt, payout.releaseAt);
  lines.instant('payout', 'releasedAt', m.releasedAt, payout.releasedAt);
  lines.words('payout', 'transfer', m.transfer, payout.transferId);
  lines.words('payout', 'settlement', m.settlement, payout.settlementId);
  const pauses = payout.pauses.map(({ reason, until }) =>
    until === null ? reason : m.pauseUntil(reason, exactInstant(until, zone)),
  );
  lines.words('payout', 'pauses', m.pauses, pauses.join(', '));
}

function ofDispute({ dispute }: PastBooking, { messages }: Reader, lines: Lines): void {
  if (!dispute) return;
  const { past, cases } = messages;
  const m = past.facts;
  lines.words('dispute', 'dispute', m.state, cases.work.case.states[dispute.state]);
  lines.words('dispute', 'cause', m.cause, cases.work.causes[dispute.cause]);
  lines.amount('dispute', 'wants', m.wants, dispute.wants);
  lines.instant('dispute', 'disputeOpenedAt', m.openedAt, dispute.openedAt);
  lines.instant('dispute', 'answeredAt', m.answeredAt, dispute.answeredAt);
  lines.instant('dispute', 'decideBy', m.decideBy, dispute.decideBy);
  if (dispute.statements.length > 0)
    lines.words('dispute', 'statements', m.statements, String(dispute.statements.length));
  lines.amount('dispute', 'proposed', m.proposed, dispute.proposal?.refund ?? null);
  const { resolution } = dispute;
  lines.words('dispute', 'decided', m.decided, resolution && m.outcomes[resolution.outcome]);
  lines.amount('dispute', 'toStudent', m.toStudent, resolution?.refund ?? null);
  lines.amount('dispute', 'toTutor', m.toTutor, resolution?.tutorGets ?? null);
  lines.instant('dispute', 'disputeEndedAt', m.endedAt, dispute.endedAt);
}

function ofBank({ chargebacks }: PastBooking, { messages }: Reader, lines: Lines): void {
  const { past, cases } = messages;
  const m = past.facts;
  for (const { chargebackId: id, amount, state, respondBy, lost } of chargebacks) {
    lines.words('bank', `case-state:${id}`, m.caseState(id), cases.work.bank.states[state]);
    lines.amount('bank', `case:${id}`, m.caseAmount(id), amount);
    lines.instant('bank', `case-by:${id}`, m.caseBy(id), respondBy);
    lines.amount('bank', `case-lost:${id}`, m.caseLost(id), orNone(lost));
  }
}

function ofMoney({ money, accounts }: PastBooking, { messages }: Reader, lines: Lines): void {
  const { facts: m, side } = messages.past;
  if (money) {
    lines.amount('money', 'gross', m.gross, money.gross);
    lines.amount('money', 'returned', m.returned, money.returned);
    lines.amount('money', 'tutor', m.tutor, money.tutor);
    lines.amount('money', 'commissionEarned', m.commissionEarned, money.commission);
    lines.amount('money', 'held', m.held, money.held);
  }
  for (const { account, name, balance } of accounts) lines.account(account, name, balance, sided(balance, side));
}

/** As accountants write it: the size, and on which side. */
export function sided(paise: number, side: { readonly debit: string; readonly credit: string }): string {
  if (paise === 0) return full(0);
  return `${full(Math.abs(paise))} ${paise > 0 ? side.debit : side.credit}`;
}

export interface Difference extends Pick<PastFact, 'id' | 'group' | 'label' | 'code'> {
  /** Null: there was no such line. */
  readonly before: string | null;
  readonly after: string | null;
  /** The second amount less the first, paise; null where neither is one. An account without a line was at zero. */
  readonly by: number | null;
}

export interface Compared {
  readonly rows: readonly Difference[];
  /** So many lines are the same in both. */
  readonly same: number;
}

/** In the order of the groups, then of the lines. */
export function compare(one: readonly PastFact[], other: readonly PastFact[]): Compared {
  const before = new Map(one.map((fact) => [fact.id, fact]));
  const after = new Map(other.map((fact) => [fact.id, fact]));
  const lines = [...one, ...other.filter(({ id }) => !before.has(id))];
  const rows = lines
    .map((line): Difference => {
      const [a, b] = [before.get(line.id), after.get(line.id)];
      const money = (a?.paise ?? b?.paise ?? null) !== null;
      const by = money ? (b?.paise ?? 0) - (a?.paise ?? 0) : null;
      const { id, group, label } = line;
      return {
        id,
        group,
        label,
        ...(line.code && { code: line.code }),
        before: a?.text ?? null,
        after: b?.text ?? null,
        by,
      };
    })
    .filter((row) => row.before !== row.after)
    .toSorted((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group));
  return { rows, same: lines.length - rows.length };
}
