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
  disputed: boolean;
  paused: Set<string>;
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
    disputed: false,
    paused: new Set(),
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

  #once(fact: Fact): string | null {
    const seen = this.#seen;
    switch (fact.type) {
      case 'PaymentCaptured':
        if (seen.captured > 0) return 'a second capture pays for the booking';
        seen.captured = fact.data.amount;
        return null;
      case 'SurplusPaymentDetected':
        seen.surplus += fact.data.amount;
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
        seen.paused.add(fact.data.reason);
        return null;
      case 'PayoutResumed':
        seen.paused.delete(fact.data.reason);
        return null;
      case 'ReleaseAuthorized':
        seen.released += 1;
        if (seen.released > 1) return 'a second release';
        if (seen.disputed) return 'a release with an open dispute';
        if (seen.paused.size > 0) return 'a release of a paused payout';
        return seen.endsAt !== null && fact.data.at >= seen.endsAt ? null : 'a release before the end of the hold';
      case 'HoldLifted':
        seen.lifted += fact.data.amount;
        return seen.lifted + seen.reversed > seen.share ? 'more than the share was paid out' : null;
      case 'RefundRequested': {
        seen.refundsAsked += fact.data.amount;
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
        return seen.refundsDone > seen.captured + seen.surplus ? 'more went back than was paid' : null;
      case 'ChargebackLost':
        seen.bankTook += fact.data.amount;
        return null;
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
