import { describe, expect, it } from 'vitest';
import { ApiError } from '../errors.ts';
import { isRightOtp, readAttempt } from './attempt.ts';
import { groupDigits, TEST_CARDS } from './instruments.ts';

const NOW = Date.UTC(2026, 10, 21);
const card = (number: string, rest: Record<string, unknown> = {}) =>
  readAttempt({ method: 'card', card: { number, expiry: '12 / 29', cvv: '123', ...rest } }, NOW).attempt;
const upi = (vpa: string) => readAttempt({ method: 'upi', vpa }, NOW).attempt;

function problem(work: () => unknown): { field: string | undefined; description: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) {
      return { field: error.envelope.error.field, description: error.envelope.error.description };
    }
    throw error;
  }
  throw new Error('it was accepted');
}

describe('test instruments', () => {
  it('knows 25 cards, each once', () => {
    expect(TEST_CARDS).toHaveLength(25);
    expect(new Set(TEST_CARDS.map(({ number }) => number)).size).toBe(25);
  });

  it.each([
    ['4100 2800 0000 1007', 'Visa'],
    ['5500 6700 0000 1002', 'MasterCard'],
    ['6527 6589 0000 1005', 'RuPay'],
    ['3608 280009 1007', 'Diners Club'],
    ['3402 560004 01007', 'American Express'],
  ])('%s (%s) succeeds, and only its last four digits are kept', (number, network) => {
    const attempt = card(number);
    expect(attempt.outcome).toEqual({ kind: 'success' });
    expect(attempt.card).toEqual({ name: '', network, last4: number.slice(-4) });
  });

  it.each([
    ['4100 2800 0009 0000', 'payment_timed_out'],
    ['5305 6200 0006 0000', 'payment_timed_out'],
    ['4100 2800 0008 0001', 'insufficient_fund'],
    ['5305 6200 0004 0002', 'payment_cancelled'],
    ['4100 2800 0006 0003', 'card_declined'],
    ['5305 6200 0001 0005', 'card_declined'],
    ['4100 2800 0003 0006', 'card_disabled_for_online_payments'],
    ['5305 6200 0008 0008', 'card_number_invalid'],
    ['4100 2800 0002 0007', 'gateway_technical_error'],
    ['5305 6200 0007 0009', 'authentication_failed'],
  ])('%s fails with %s', (number, reason) => {
    expect(card(number).outcome).toMatchObject({ kind: 'failure', error: { reason } });
  });

  it('refuses every other card number, so that no real card is ever typed in', () => {
    expect(problem(() => card('4111111111111111'))).toMatchObject({ field: 'card.number' });
  });

  it('refuses a past expiry and a short CVV', () => {
    expect(problem(() => card('4100280000001007', { expiry: '10/26' })).field).toBe('card.expiry');
    expect(problem(() => card('4100280000001007', { cvv: '12' })).field).toBe('card.cvv');
    expect(card('4100280000001007', { expiry: '11/26' }).outcome.kind).toBe('success');
  });

  it('knows the UPI ids', () => {
    expect(upi('Success@razorpay').outcome.kind).toBe('success');
    expect(upi('failure@razorpay').outcome).toMatchObject({
      error: { code: 'BAD_REQUEST_ERROR', source: 'gateway', step: 'payment_response', reason: 'payment_failed' },
    });
    expect(upi('timeout@razorpay').outcome).toMatchObject({ error: { reason: 'payment_timed_out' } });
    expect(problem(() => upi('someone@bank')).field).toBe('vpa');
  });

  it('takes 4 to 10 digits for the OTP', () => {
    expect(['123', '1234', '1234567890', '12345678901', '12a4'].map(isRightOtp)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('groups digits as printed on the card', () => {
    expect(groupDigits('4100280000001007')).toBe('4100 2800 0000 1007');
    expect(groupDigits('340256000401007')).toBe('3402 560004 01007');
    expect(groupDigits('41002')).toBe('4100 2');
  });
});
