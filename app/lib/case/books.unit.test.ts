import { describe, expect, it } from 'vitest';
import type { LedgerRow } from '#projections/queries.ts';
import { journalCsv, postingsOf, totalsOf, trialBalanceCsv } from './books.ts';

const row = (entryId: string, account: string, amount: number, type = 'PaymentCaptured'): LedgerRow => ({
  entryId,
  account,
  class: account.split(':b1')[0] ?? account,
  amount,
  type,
  at: Date.parse('2026-11-18T12:30:00Z'),
});

const ROWS = [
  row('e1:0', 'psp:balance', 78_112),
  row('e1:1', 'expense:psp_fee', 1_888),
  row('e1:2', 'escrow:booking:b1', -80_000),
  row('e2:0', 'escrow:booking:b1', 80_000, 'TransferProcessed'),
  row('e2:1', 'tutor:t1:payable:held', -80_000, 'TransferProcessed'),
];

describe('the journal of a booking', () => {
  it('stands by event, each entry on one side', () => {
    const [first, second] = postingsOf(ROWS);
    expect(first).toMatchObject({ eventId: 'e1', type: 'PaymentCaptured' });
    expect(first?.entries.map(({ debit, credit }) => [debit, credit])).toEqual([
      [78_112, 0],
      [1_888, 0],
      [0, 80_000],
    ]);
    expect(second?.eventId).toBe('e2');
  });

  it('has debits and credits of the same sum', () => {
    expect(totalsOf(ROWS)).toEqual({ debit: 160_000, credit: 160_000 });
  });

  it('as CSV has a line an entry, in rupees', () => {
    const [head, first, , third] = journalCsv('b1', ROWS).split('\r\n');
    expect(head).toBe('at_utc,booking,event,event_id,account,class,debit_inr,credit_inr');
    expect(first).toBe('2026-11-18T12:30:00.000Z,b1,PaymentCaptured,e1,psp:balance,psp:balance,781.12,0.00');
    expect(third).toContain(',0.00,800.00');
  });

  it('as CSV keeps a spreadsheet from running what somebody named', () => {
    expect(journalCsv('=1+1', ROWS.slice(0, 1))).toContain(",'=1+1,");
  });
});

it('the trial balance as CSV ends with its sums', () => {
  const csv = trialBalanceCsv({
    sum: 0,
    rows: [
      { account: 'psp:balance', name: 'Our balance, here', kind: 'asset', debit: 80_000, credit: 5, balance: 79_995 },
      { account: 'escrow:booking', name: 'Paid', kind: 'liability', debit: 0, credit: 79_995, balance: -79_995 },
    ],
  });
  expect(csv.split('\r\n')).toEqual([
    'account,name,kind,debit_inr,credit_inr,balance_inr',
    'psp:balance,"Our balance, here",asset,800.00,0.05,799.95',
    'escrow:booking,Paid,liability,0.00,799.95,-799.95',
    'total,,,800.00,800.00,0.00',
    '',
  ]);
});
