import type { Fact } from '../fact.ts';
import type { Row, Rows } from '../runner/projection.ts';
import { accountOf, type AccountClass } from './chart.ts';
import { BOOK, ENTRY } from './tables.ts';

export type Book = Row<typeof BOOK.columns>;

/** Where the money of a booking's first payment may be. */
export type Pool = 'escrow' | 'reserve' | 'payable' | 'pending';

export const ACCOUNT_OF: Readonly<Record<Pool, AccountClass>> = {
  escrow: 'escrow:booking',
  reserve: 'dispute:reserve',
  payable: 'tutor:payable:held',
  pending: 'platform:commission:pending',
};

/** The lines of one fact, and the booking's book after them. */
export class Entry {
  book: Book;
  readonly #rows: Rows;
  readonly #fact: Fact;
  readonly #ordinal: number;
  readonly #before: Book;
  #lines = 0;

  static of(rows: Rows, fact: Fact, ordinal: number, bookingId: string): Entry {
    const book = rows.get(BOOK, bookingId) ?? {
      booking_id: bookingId,
      tutor_id: '',
      gross: 0,
      share: null,
      escrow: 0,
      reserve: 0,
      payable: 0,
      pending: 0,
      asked: 0,
      lost: 0,
      reversed: 0,
      settling: 0,
      due: null,
      disputed: false,
    };
    return new Entry(rows, fact, ordinal, book);
  }

  private constructor(rows: Rows, fact: Fact, ordinal: number, book: Book) {
    this.#rows = rows;
    this.#fact = fact;
    this.#ordinal = ordinal;
    this.#before = book;
    this.book = book;
  }

  /** `amount`: debit positive, credit negative. `about`: whose account, where it follows neither from tutor nor booking. */
  line(account: AccountClass, amount: number, about?: string): void {
    const index = this.#lines;
    this.#lines += 1;
    if (amount === 0) return;
    const { booking_id, tutor_id } = this.book;
    const whose = account.startsWith('psp:linked') || account.startsWith('tutor:') ? tutor_id : booking_id;
    this.#rows.add(ENTRY, {
      entry_id: `${this.#fact.id}:${index}`,
      booking_id,
      account: accountOf(account, about ?? whose),
      class: account,
      amount,
      at: this.#fact.meta.occurredAt,
      type: this.#fact.type,
      ordinal: this.#ordinal,
    });
  }

  move(from: Pool, to: Pool, amount: number): void {
    this.take(from, amount);
    this.give(to, amount);
  }

  /** Debits the pool by `amount` at most; gives what there was. */
  take(from: Pool, amount: number): number {
    const taken = Math.min(amount, this.book[from]);
    this.line(ACCOUNT_OF[from], taken);
    this.book = { ...this.book, [from]: this.book[from] - taken };
    return taken;
  }

  give(to: Pool, amount: number): void {
    this.line(ACCOUNT_OF[to], -amount);
    this.book = { ...this.book, [to]: this.book[to] + amount };
  }

  done(): void {
    if (this.book !== this.#before) this.#rows.put(BOOK, this.book);
  }
}
