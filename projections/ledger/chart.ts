/** The chart of accounts (money.md §3): integer paise, INR. Debits are positive, credits negative. */

export type AccountKind = 'asset' | 'liability' | 'income' | 'expense';

interface Account {
  readonly kind: AccountKind;
  /** In words, for a page. */
  readonly name: string;
}

/** An account of its own for each tutor, booking or refund; what it is about follows in its full name. */
export const CHART = {
  'psp:balance': { kind: 'asset', name: 'Our balance at the payment provider' },
  'psp:linked:held': { kind: 'asset', name: 'Tutors’ accounts at the provider, on hold' },
  'psp:linked:settling': { kind: 'asset', name: 'Tutors’ accounts at the provider, on the way to their banks' },
  'psp:settlement_clearing': { kind: 'asset', name: 'Between the provider and our bank' },
  'bank:platform': { kind: 'asset', name: 'Our bank' },
  'gst:input': { kind: 'asset', name: 'GST paid on fees' },
  'tutor:receivable': { kind: 'asset', name: 'Owed to us by tutors' },
  'escrow:booking': { kind: 'liability', name: 'Paid for lessons to come' },
  'tutor:payable:held': { kind: 'liability', name: 'Tutors’ shares within the hold' },
  'tutor:payable:released': { kind: 'liability', name: 'Tutors’ shares released, not settled yet' },
  'platform:commission:pending': { kind: 'liability', name: 'Commission within the hold' },
  'dispute:reserve': { kind: 'liability', name: 'Kept until disputes are decided' },
  'refund:in_flight': { kind: 'liability', name: 'Refunds on their way' },
  'tax:tds_payable': { kind: 'liability', name: 'Income tax withheld from tutors' },
  'tax:gst_tcs_payable': { kind: 'liability', name: 'GST collected at source' },
  'tax:gst_output': { kind: 'liability', name: 'GST on commission' },
  'suspense:unmatched': { kind: 'liability', name: 'Not matched yet' },
  'revenue:commission': { kind: 'income', name: 'Commission' },
  'expense:psp_fee': { kind: 'expense', name: 'Fees for payments' },
  'expense:route_fee': { kind: 'expense', name: 'Fees for transfers' },
  'expense:chargeback': { kind: 'expense', name: 'Lost to banks' },
  'expense:goodwill': { kind: 'expense', name: 'Given back from our own' },
} as const satisfies Readonly<Record<string, Account>>;

export type AccountClass = keyof typeof CHART;

export const isAccountClass = (text: string): text is AccountClass => Object.hasOwn(CHART, text);

/** The full name of an account. `about`: the tutor's, booking's or refund's id, where the account is one of many. */
export function accountOf(account: AccountClass, about: string): string {
  switch (account) {
    case 'psp:linked:held':
      return `psp:linked:${about}:held`;
    case 'psp:linked:settling':
      return `psp:linked:${about}:settling`;
    case 'tutor:payable:held':
      return `tutor:${about}:payable:held`;
    case 'tutor:payable:released':
      return `tutor:${about}:payable:released`;
    case 'tutor:receivable':
      return `tutor:${about}:receivable`;
    case 'escrow:booking':
    case 'dispute:reserve':
    case 'refund:in_flight':
      return `${account}:${about}`;
    default:
      return account;
  }
}

/**
 * The terms of a booking's equation, at every instant: gross = returned + tutor + commission + held (money.md §5). Each is
 * a sum over accounts of that booking; `types` narrows it to the entries of some events, `side` to one side. Paise.
 */
interface Part {
  readonly accounts: readonly AccountClass[];
  readonly types?: readonly string[];
  readonly side?: 'credits';
}

export const TERMS: Readonly<Record<'gross' | 'returned' | 'tutor' | 'commission' | 'held', readonly Part[]>> = {
  /** All that was ever paid, surplus payments too. Its sign is that of a credit, like the others’. */
  gross: [{ accounts: ['escrow:booking'], types: ['PaymentCaptured', 'SurplusPaymentDetected'], side: 'credits' }],
  /** Back with the payer: refunds that went through, and what a bank took. */
  returned: [{ accounts: ['psp:balance'], types: ['RefundProcessed', 'ChargebackLost'] }],
  /** Released to the tutor, settled or not, less what they owe for lost chargebacks. */
  tutor: [{ accounts: ['tutor:payable:released'], side: 'credits' }, { accounts: ['tutor:receivable'] }],
  /** Earned, less what was lost or given back from our own. The fees of the provider are not part of a booking’s price. */
  commission: [{ accounts: ['revenue:commission', 'expense:chargeback', 'expense:goodwill'] }],
  /** Nobody’s yet, or promised and still with us. */
  held: [
    {
      accounts: [
        'escrow:booking',
        'tutor:payable:held',
        'platform:commission:pending',
        'dispute:reserve',
        'refund:in_flight',
      ],
    },
  ],
};

export interface MoneyTerms {
  readonly gross: number;
  readonly returned: number;
  readonly tutor: number;
  readonly commission: number;
  readonly held: number;
}

/** One entry, as the equation needs it. */
export interface Posted {
  readonly class: string;
  readonly type: string;
  readonly amount: number;
}

function termOf(parts: readonly Part[], entries: readonly Posted[]): number {
  let total = 0;
  for (const { accounts, types, side } of parts)
    for (const entry of entries) {
      if (!accounts.some((account) => account === entry.class)) continue;
      if (types && !types.includes(entry.type)) continue;
      if (side === 'credits' && entry.amount > 0) continue;
      total -= entry.amount;
    }
  return total;
}

/** The terms over all entries of one booking. */
export const moneyTerms = (entries: readonly Posted[]): MoneyTerms => ({
  gross: termOf(TERMS.gross, entries),
  returned: termOf(TERMS.returned, entries),
  tutor: termOf(TERMS.tutor, entries),
  commission: termOf(TERMS.commission, entries),
  held: termOf(TERMS.held, entries),
});

/** What is wrong with the books of one booking; empty when nothing is (SPEC LE1–LE3). */
export function problemsOf(entries: readonly (Posted & { readonly account: string })[]): readonly string[] {
  const problems: string[] = [];
  const balances = new Map<string, { class: string; balance: number }>();
  let sum = 0;
  for (const entry of entries) {
    sum += entry.amount;
    const known = balances.get(entry.account)?.balance ?? 0;
    balances.set(entry.account, { class: entry.class, balance: known + entry.amount });
  }
  if (sum !== 0) problems.push(`LE1: the entries add up to ${sum}`);
  const { gross, returned, tutor, commission, held } = moneyTerms(entries);
  if (gross !== returned + tutor + commission + held)
    problems.push(
      `LE2: ${gross} paid is not ${returned} returned + ${tutor} tutor + ${commission} commission + ${held} held`,
    );
  for (const [account, { class: name, balance }] of balances) {
    const kind = isAccountClass(name) ? CHART[name].kind : null;
    if (kind === null) problems.push(`LE5: ${account} is not in the chart of accounts`);
    if (kind === 'liability' && balance > 0) problems.push(`LE3: ${account} is overdrawn by ${balance}`);
    // The provider's balance is one for all bookings; within one of them it may well be negative.
    if (kind === 'asset' && name !== 'psp:balance' && balance < 0)
      problems.push(`LE3: ${account} is below zero by ${-balance}`);
  }
  return problems;
}
