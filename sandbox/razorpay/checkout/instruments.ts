/**
 * Every instrument the sandbox knows, and what it does. No other card is taken, so nobody can type a real one by
 * mistake. Used by the server and, as it stands, by the checkout page.
 */
import type { FailureName } from './failures.ts';

export interface TestCard {
  /** Digits only. */
  readonly number: string;
  readonly network: 'Visa' | 'MasterCard' | 'RuPay' | 'Diners Club' | 'American Express';
  /** Null succeeds. */
  readonly failure: FailureName | null;
}

export interface TestUpi {
  readonly vpa: string;
  readonly failure: FailureName | null;
  /** How long the payer's app takes to answer, ms. */
  readonly waitsMs: number;
}

export interface Named {
  readonly code: string;
  readonly name: string;
}

const VISA = '41002800';
const MASTERCARD = '53056200';

/** The last eight digits of the failing Visa and MasterCard. */
const FAILING: readonly (readonly [visa: string, masterCard: string, failure: FailureName])[] = [
  ['00090000', '00060000', 'payment_timed_out'],
  ['00080001', '00050001', 'insufficient_fund'],
  ['00070002', '00040002', 'payment_cancelled'],
  ['00060003', '00030003', 'card_declined'],
  ['00050004', '00020004', 'card_declined'],
  ['00040005', '00010005', 'card_declined'],
  ['00030006', '00000006', 'card_disabled_for_online_payments'],
  ['00010008', '00080008', 'card_number_invalid'],
  ['00020007', '00090007', 'gateway_technical_error'],
  ['00000009', '00070009', 'authentication_failed'],
];

export const TEST_CARDS: readonly TestCard[] = [
  { number: '4100280000001007', network: 'Visa', failure: null },
  { number: '5500670000001002', network: 'MasterCard', failure: null },
  { number: '6527658900001005', network: 'RuPay', failure: null },
  { number: '36082800091007', network: 'Diners Club', failure: null },
  { number: '340256000401007', network: 'American Express', failure: null },
  ...FAILING.flatMap(([visa, masterCard, failure]): TestCard[] => [
    { number: VISA + visa, network: 'Visa', failure },
    { number: MASTERCARD + masterCard, network: 'MasterCard', failure },
  ]),
];

/** `timeout@razorpay` is this sandbox's own; the other two are the provider's. */
export const TEST_UPI: readonly TestUpi[] = [
  { vpa: 'success@razorpay', failure: null, waitsMs: 1_500 },
  { vpa: 'failure@razorpay', failure: 'payment_failed', waitsMs: 1_500 },
  { vpa: 'timeout@razorpay', failure: 'payment_timed_out', waitsMs: 4_000 },
];

export const BANKS: readonly Named[] = [
  { code: 'SBIN', name: 'State Bank of India' },
  { code: 'HDFC', name: 'HDFC Bank' },
  { code: 'ICIC', name: 'ICICI Bank' },
  { code: 'UTIB', name: 'Axis Bank' },
  { code: 'KKBK', name: 'Kotak Mahindra Bank' },
  { code: 'PUNB_R', name: 'Punjab National Bank' },
  { code: 'BARB_R', name: 'Bank of Baroda' },
  { code: 'CNRB', name: 'Canara Bank' },
  { code: 'IDFB', name: 'IDFC FIRST Bank' },
  { code: 'YESB', name: 'Yes Bank' },
];

export const WALLETS: readonly Named[] = [
  { code: 'mobikwik', name: 'MobiKwik' },
  { code: 'phonepe', name: 'PhonePe' },
  { code: 'airtelmoney', name: 'Airtel Payments Bank' },
  { code: 'olamoney', name: 'Ola Money' },
];

export const digitsOf = (text: string): string => text.replace(/\D/g, '');

export function findTestCard(number: string): TestCard | undefined {
  const digits = digitsOf(number);
  return TEST_CARDS.find((card) => card.number === digits);
}

export function findTestUpi(vpa: string): TestUpi | undefined {
  const wanted = vpa.trim().toLowerCase();
  return TEST_UPI.find((upi) => upi.vpa === wanted);
}

/** In groups of four; American Express and Diners Club as printed on the card. */
export function groupDigits(number: string): string {
  const digits = digitsOf(number);
  const shape = /^(34|37|36|38|30)/.test(digits) ? [4, 6, 5] : [4, 4, 4, 4, 3];
  const parts: string[] = [];
  let at = 0;
  for (const size of shape) {
    if (at < digits.length) parts.push(digits.slice(at, at + size));
    at += size;
  }
  return parts.join(' ');
}

/** What the instrument does, for the list of test instruments. */
export function describeOutcome(failure: FailureName | null): string {
  return failure === null ? 'Succeeds' : SHORT[failure];
}

const SHORT: Readonly<Record<FailureName, string>> = {
  payment_timed_out: 'Times out',
  insufficient_fund: 'Not enough balance',
  payment_cancelled: 'Cancelled at the bank',
  card_declined: 'Declined by the bank',
  card_disabled_for_online_payments: 'Disabled for online payments',
  card_number_invalid: 'Number rejected',
  gateway_technical_error: 'Gateway error',
  authentication_failed: 'Authentication fails',
  incorrect_otp: 'Wrong OTP',
  payment_failed: 'Fails',
  bank_refused: 'Refused by the bank',
};
