/** Reads what the payer submitted and decides what it will do. Card numbers and CVVs go no further than this. */
import type { Outcome } from '../entities.ts';
import { invalid } from '../errors.ts';
import { isFields, notes, requiredText, textOrNull, type Fields } from '../input.ts';
import type { Attempt } from '../payments.server.ts';
import { FAILURES, type FailureName } from './failures.ts';
import { BANKS, digitsOf, findTestCard, findTestUpi, WALLETS } from './instruments.ts';

/** As at the provider, who puts these in where the merchant gave nothing. */
const NOBODY = { email: 'void@razorpay.com', contact: '+919999999999' };
const CARD_WAIT_MS = 4_000;

/** `waitMs`: when the outcome happens by itself. */
export interface ReadAttempt {
  readonly attempt: Attempt;
  readonly waitMs: number | null;
}

const outcome = (failure: FailureName | null): Outcome =>
  failure === null ? { kind: 'success' } : { kind: 'failure', error: FAILURES[failure] };

/** `now` is the month that a card must not have passed, in ms. */
export function readAttempt(body: Fields, now: number): ReadAttempt {
  const common = {
    email: textOrNull(body, 'email') ?? NOBODY.email,
    contact: textOrNull(body, 'contact') ?? NOBODY.contact,
    description: textOrNull(body, 'description'),
    notes: notes(body),
    card: null,
    bank: null,
    wallet: null,
    vpa: null,
  };
  const method = requiredText(body, 'method');
  switch (method) {
    case 'card': {
      const { card, failure } = readCard(isFields(body.card) ? body.card : {}, now);
      return {
        attempt: { ...common, method, card, outcome: outcome(failure), awaits: 'otp' },
        waitMs: null,
      };
    }
    case 'upi': {
      const upi = findTestUpi(typed(body, 'vpa', 'vpa', 'Enter your UPI ID.'));
      if (!upi) throw invalid('No such UPI ID in the sandbox. Use success@razorpay or failure@razorpay.', 'vpa');
      return {
        attempt: { ...common, method, vpa: upi.vpa, outcome: outcome(upi.failure), awaits: 'answer' },
        waitMs: upi.waitsMs,
      };
    }
    case 'netbanking': {
      const bank = BANKS.find(({ code }) => code === body.bank);
      if (!bank) throw invalid('Choose a bank.', 'bank');
      return {
        attempt: { ...common, method, bank: bank.code, outcome: outcome(null), awaits: 'bank' },
        waitMs: null,
      };
    }
    case 'wallet': {
      const wallet = WALLETS.find(({ code }) => code === body.wallet);
      if (!wallet) throw invalid('Choose a wallet.', 'wallet');
      return {
        attempt: { ...common, method, wallet: wallet.code, outcome: outcome(null), awaits: 'bank' },
        waitMs: null,
      };
    }
    default:
      throw invalid('The method provided is invalid', 'method');
  }
}

/** What the payer typed into `name`; `sentence` asks for it, beside the field that the page calls `field`. */
function typed(fields: Fields, name: string, field: string, sentence: string): string {
  const value = textOrNull(fields, name);
  if (value === null || value.trim() === '') throw invalid(sentence, field);
  return value;
}

function readCard(fields: Fields, now: number) {
  const number = digitsOf(typed(fields, 'number', 'card.number', 'Enter the card number.'));
  const known = findTestCard(number);
  if (!known) {
    throw invalid('Only test cards work here. Never type the number of a real card.', 'card.number');
  }
  const expiry = /^(\d{1,2})\s*\/\s*(\d{2}|\d{4})$/.exec(
    typed(fields, 'expiry', 'card.expiry', 'Enter the expiry date.').trim(),
  );
  const month = Number(expiry?.[1]);
  const year = Number(expiry?.[2]?.slice(-2)) + 2000;
  if (!expiry || month < 1 || month > 12) throw invalid('Write the expiry as MM / YY.', 'card.expiry');
  if (Date.UTC(year, month, 1) <= now) throw invalid('This expiry date has passed.', 'card.expiry');
  const cvv = typed(fields, 'cvv', 'card.cvv', 'Enter the CVV.');
  if (!/^\d{3,4}$/.test(cvv)) throw invalid('The CVV has 3 or 4 digits.', 'card.cvv');
  return {
    card: {
      name: textOrNull(fields, 'name') ?? '',
      last4: number.slice(-4),
      network: known.network,
    },
    failure: known.failure,
  };
}

/** A time-out is worth its name only if it takes a while after the OTP. */
export const waitAfterOtp = (result: Outcome): number | null =>
  result.kind === 'failure' && result.error.reason === 'payment_timed_out' ? CARD_WAIT_MS : null;

/** 4 to 10 digits are right, whatever they are. */
export const isRightOtp = (otp: string): boolean => /^\d{4,10}$/.test(otp);
