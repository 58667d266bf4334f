/** Each checker of the chaos runs is shown to fail: one that never failed is no checker. */
import { describe, expect, it } from 'vitest';
import {
  booksBalance,
  keptWhatWasAcknowledged,
  noReleaseUnderDispute,
  onceAtProvider,
  onceInLog,
  provenByLog,
  type LoggedEvent,
  type Provider,
} from './invariants.ts';

const event = (stream: string, type: string, data: LoggedEvent['data'] = {}): LoggedEvent => ({ stream, type, data });
const NOTHING: Provider = { orders: [], payments: [], transfers: [], refunds: [], reversals: [] };
const transfer = { id: 'trf_1', source: 'pay_1', amount: 72_000, status: 'processed', on_hold: true, holdsLifted: 0 };
const payment = { id: 'pay_1', amount: 80_000 };

describe('the checkers of the chaos runs', () => {
  it('pass a sound history', () => {
    const log = [
      event('payment-b', 'PaymentCaptured'),
      event('payout-b', 'TransferProcessed', { transferId: 'trf_1' }),
      event('payout-b', 'PayoutDisputed'),
      event('payout-b', 'PayoutDisputeClosed'),
      event('payout-b', 'ReleaseAuthorized'),
    ];
    const provider = { ...NOTHING, payments: [payment], transfers: [{ ...transfer, on_hold: false, holdsLifted: 1 }] };
    expect([
      ...onceInLog(log),
      ...noReleaseUnderDispute(log),
      ...onceAtProvider(provider),
      ...provenByLog(log, provider),
    ]).toEqual([]);
  });

  it('find a command that was accepted and is not in the log', () => {
    expect(keptWhatWasAcknowledged(new Set(['a', 'b']), new Set(['b', 'c']))).toEqual([
      'the command a was accepted and is gone',
    ]);
  });

  it('find a second capture', () => {
    expect(onceInLog([event('payment-b', 'PaymentCaptured'), event('payment-b', 'PaymentCaptured')])).toHaveLength(1);
  });

  it('find a release with an open dispute', () => {
    expect(
      noReleaseUnderDispute([event('payout-b', 'PayoutDisputed'), event('payout-b', 'ReleaseAuthorized')]),
    ).toEqual(['payout-b was released with an open dispute']);
  });

  it.each([
    ['a second order', { orders: [{ receipt: 'b' }, { receipt: 'b' }] }],
    ['a second transfer', { transfers: [transfer, { ...transfer, id: 'trf_2' }] }],
    ['a hold lifted twice', { transfers: [{ ...transfer, holdsLifted: 2 }] }],
    ['too much taken back', { transfers: [transfer], reversals: [{ transfer_id: 'trf_1', amount: 72_001 }] }],
    [
      'too much given back',
      { payments: [payment], refunds: [{ payment_id: 'pay_1', amount: 80_001, status: 'processed' }] },
    ],
    [
      'one operation done twice',
      {
        refunds: [
          { id: 'rfnd_1', notes: { op_id: 'x' } },
          { id: 'rfnd_2', notes: { op_id: 'x' } },
        ],
      },
    ],
  ])('find %s at the provider', (_, wrong) => {
    expect(onceAtProvider({ ...NOTHING, ...wrong })).toHaveLength(1);
  });

  it('find a hold that nobody authorised to lift', () => {
    const lifted = { ...NOTHING, transfers: [{ ...transfer, on_hold: false, holdsLifted: 1 }] };
    expect(provenByLog([event('payout-b', 'TransferProcessed', { transferId: 'trf_1' })], lifted)).toHaveLength(1);
  });

  it('find a refund that went out before the reversal', () => {
    const refund = { id: 'rfnd_1', payment_id: 'pay_1', amount: 80_000, status: 'processed', created_at: 10 };
    const late = { transfer_id: 'trf_1', amount: 72_000, created_at: 11 };
    const wrong = { ...NOTHING, transfers: [transfer], refunds: [refund], reversals: [late] };
    expect(provenByLog([], wrong)).toHaveLength(1);
    expect(provenByLog([], { ...wrong, reversals: [{ ...late, created_at: 10 }] })).toEqual([]);
  });

  it('find entries that do not add up, and a liability below zero', () => {
    const entry = { entryId: 'e:0', bookingId: 'b', account: 'escrow:booking:b', amount: -5 };
    expect(booksBalance([entry])).toHaveLength(1);
    expect(
      booksBalance([
        { ...entry, amount: 5 },
        { ...entry, entryId: 'e:1', account: 'psp:balance', amount: -5 },
      ]),
    ).toEqual(['b escrow:booking:b is negative by 5']);
  });
});
