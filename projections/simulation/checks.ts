/** What must hold after every event of a payment's life. Each check gives a sentence, or null. */
import type { Fact } from '../fact.ts';
import { ledger } from '../ledger/project.ts';
import { Unit } from '../runner/rows.ts';

interface Seen {
  captured: number;
  surplus: number;
  transferred: number;
  reversed: number;
  lifted: number;
  refundsAsked: number;
  refundsDone: number;
  bankTook: number;
  /** What the bank took, by its case; and what of that the refunds know. */
  lost: Map<string, number>;
  known: Map<string, number>;
  caseOf: Map<string, string>;
  payments: Set<string>;
  mainPayment: string;
  refundOf: Map<string, string>;
  /** Of the payment that pays for the booking: back with the payer. */
  back: number;
  clawedBack: number;
  /** What the booking waits for, if it waits. */
  waits: string;
  disputed: boolean;
  /** By reason: until when, business ms; null: until it is resumed. */
  paused: Map<string, number | null>;
  endsAt: number | null;
  released: number;
  resolved: number;
  gross: number;
  share: number;
}

const entryOf = (row: Readonly<Record<string, unknown>>): { account: string; amount: number } => ({
  account: String(row['account']),
  amount: Number(row['amount']),
});

const ASSET = /^(psp:|bank:|gst:|expense:|tutor:[^:]+:receivable)/;

export class Checks {
  readonly #rows = new Unit(() => null);
  readonly #balances = new Map<string, number>();
  readonly #seen: Seen = {
    captured: 0,
    surplus: 0,
    transferred: 0,
    reversed: 0,
    lifted: 0,
    refundsAsked: 0,
    refundsDone: 0,
    bankTook: 0,
    lost: new Map(),
    known: new Map(),
    caseOf: new Map(),
    payments: new Set(),
    mainPayment: '',
    refundOf: new Map(),
    back: 0,
    clawedBack: 0,
    waits: '',
    disputed: false,
    paused: new Map(),
    endsAt: null,
    released: 0,
    resolved: 0,
    gross: 0,
    share: 0,
  };
  #ordinal = 0;

  get seen(): Readonly<Seen> {
    return this.#seen;
  }

  /** Of an account, paise; debits are positive. */
  balance(of: (account: string) => boolean): number {
    let sum = 0;
    for (const [account, amount] of this.#balances) if (of(account)) sum += amount;
    return sum;
  }

  see(fact: Fact): string | null {
    return this.#once(fact) ?? this.#books(fact);
  }

  /** What nobody has yet, paise: in escrow, reserved, within the hold or on its way. */
  get open(): number {
    return -this.balance((account) =>
      /^(escrow:|dispute:reserve|refund:in_flight|platform:commission:pending)|payable:held$/.test(account),
    );
  }

  /** What must hold once nothing happens any more. */
  atTheEnd(): readonly string[] {
    const { share, gross, reversed, lifted, lost, known, caseOf, payments, mainPayment, back, clawedBack } = this.#seen;
    const wrong: string[] = [];
    if (this.open !== 0)
      wrong.push(
        `${this.open} paise were still open at the end (share ${share}, reversed ${reversed}, lifted ${lifted})`,
      );
    if (this.#seen.waits !== '') wrong.push(`the booking waits for ${this.#seen.waits} for ever`);
    let taken = 0;
    for (const [chargebackId, amount] of lost) {
      const payment = caseOf.get(chargebackId) ?? '';
      if (payment === mainPayment) taken += amount;
      if (payments.has(payment) && known.get(chargebackId) !== amount)
        wrong.push(`the refunds do not know of ${amount} paise that a bank took`);
    }
    if (gross === 0) return wrong;
    // The payer got this much back, one way or another: the tutor bears their part of it, and no more.
    const kept = gross - Math.min(gross, back + taken);
    const due = share - (kept === 0 ? share : Math.floor(((gross - kept) * share) / gross));
    if (Math.abs(lifted - clawedBack - due) > lost.size + 1)
      wrong.push(`the tutor has ${lifted - clawedBack} paise of ${due}`);
    return wrong;
  }

  #once(fact: Fact): string | null {
    const seen = this.#seen;
    switch (fact.type) {
      case 'PaymentCaptured':
        if (seen.captured > 0) return 'a second capture pays for the booking';
        seen.captured = fact.data.amount;
        seen.mainPayment = fact.data.providerPaymentId;
        seen.payments.add(fact.data.providerPaymentId);
        return null;
      case 'SurplusPaymentDetected':
        seen.surplus += fact.data.amount;
        seen.payments.add(fact.data.providerPaymentId);
        return null;
      case 'PayoutPlanned':
        seen.gross = fact.data.gross;
        seen.share = fact.data.share;
        return fact.data.commission + fact.data.share === fact.data.gross
          ? null
          : 'commission and share are not the price';
      case 'TransferProcessed':
        if (seen.transferred > 0) return 'a second transfer';
        seen.transferred = fact.data.amount;
        return null;
      case 'TransferReversed':
        seen.reversed += fact.data.amount;
        return seen.reversed > seen.transferred ? 'more was taken back than transferred' : null;
      case 'HoldStarted':
        seen.endsAt = fact.data.endsAt;
        return fact.data.endsAt - fact.data.t0 === 259_200_000 ? null : 'the hold is not 72 hours';
      case 'PayoutDisputed':
        seen.disputed = true;
        return seen.released > 0 ? 'a dispute after the release' : null;
      case 'PayoutDisputeClosed':
        seen.disputed = false;
        return null;
      case 'PayoutPaused':
        seen.paused.set(fact.data.reason, fact.data.until);
        return null;
      case 'PayoutResumed':
        seen.paused.delete(fact.data.reason);
        return null;
      case 'ReleaseAuthorized':
        seen.released += 1;
        if (seen.released > 1) return 'a second release';
        if (seen.disputed) return 'a release with an open dispute';
        if ([...seen.paused.values()].some((until) => until === null || until > fact.data.at))
          return 'a release of a paused payout';
        return seen.endsAt !== null && fact.data.at >= seen.endsAt ? null : 'a release before the end of the hold';
      case 'HoldLifted':
        seen.lifted += fact.data.amount;
        return seen.lifted + seen.reversed > seen.share ? 'more than the share was paid out' : null;
      case 'RefundRequested': {
        seen.refundsAsked += fact.data.amount;
        seen.refundOf.set(fact.data.refundId, fact.data.providerPaymentId);
        if (fact.data.reason === 'surplus-payment' || seen.transferred === 0 || seen.gross === 0) return null;
        const asked = Math.min(seen.refundsAsked - seen.surplus, seen.gross);
        const tutors = Math.floor((asked * seen.share) / seen.gross);
        return asked > 0 && seen.reversed < tutors ? 'a refund before the tutor’s part came back' : null;
      }
      case 'RefundFailed':
        seen.refundsAsked -= fact.data.amount;
        return null;
      case 'RefundProcessed':
        seen.refundsDone += fact.data.amount;
        if (seen.refundOf.get(fact.data.refundId) === seen.mainPayment) seen.back += fact.data.amount;
        return seen.refundsDone > seen.captured + seen.surplus ? 'more went back than was paid' : null;
      case 'BookingUnderReview':
        seen.waits = 'a decision about what nobody could judge';
        return null;
      case 'BookingCompleted':
        seen.waits = 'its payout';
        return null;
      case 'BookingCancelled':
      case 'BookingClosed':
        seen.waits = '';
        return null;
      case 'ChargebackOpened':
        seen.caseOf.set(fact.data.chargebackId, fact.data.providerPaymentId);
        return null;
      case 'ChargebackLost':
        seen.bankTook += fact.data.amount;
        seen.lost.set(fact.data.chargebackId, fact.data.amount);
        return null;
      case 'RefundsUnfrozen':
        seen.known.set(fact.data.chargebackId, fact.data.lost);
        return null;
      case 'ClawbackRecorded':
        seen.clawedBack += fact.data.amount;
        return seen.clawedBack + seen.reversed > seen.share ? 'more was clawed back than the tutor has' : null;
      case 'DisputeResolved':
        seen.resolved += 1;
        return seen.resolved > 1 ? 'one seat’s dispute was resolved twice' : null;
      default:
        return null;
    }
  }

  #books(fact: Fact): string | null {
    const before = this.#added().length;
    ledger.project(fact, this.#rows, (this.#ordinal += 1));
    const entries = this.#added().slice(before).map(entryOf);
    let sum = 0;
    for (const { account, amount } of entries) {
      sum += amount;
      this.#balances.set(account, (this.#balances.get(account) ?? 0) + amount);
    }
    if (sum !== 0) return `the entries of ${fact.type} add up to ${sum}`;
    for (const { account } of entries) {
      const balance = this.#balances.get(account) ?? 0;
      if (balance > 0 && !ASSET.test(account)) return `${account} is negative by ${balance}`;
    }
    return null;
  }

  #added(): readonly Readonly<Record<string, unknown>>[] {
    for (const [table, rows] of this.#rows.added) if (table.name === 'ledger_entry') return rows;
    return [];
  }
}
