/** One tutor's way to an account, for the tests of this folder. */
import { START } from '../shared/times.ts';
import type { PayoutDetails, Requirement } from './account.ts';
import type { TutorCommand } from './decide.ts';
import type { Offer, TutorEvent, TutorProfile } from './events.ts';

export const tutorId = 't1';
export const NOW = START;
export const account = 'acc_1';
const DAY = 86_400_000;

export const profile: TutorProfile = {
  slug: 'meera-iyer',
  name: 'Meera Iyer',
  headline: 'Physics that you can see',
  about: '',
  subjects: ['Physics'],
  levels: [],
  languages: ['English'],
  city: 'Chennai',
  yearsTeaching: 15,
  education: '',
};
export const offer: Offer = { offerId: 'o1', minutes: 60, seats: 1, price: 80_000, title: 'One-to-one' };

export const details: PayoutDetails = {
  legalName: 'Meera Iyer',
  businessType: 'individual',
  contactName: 'Meera Iyer',
  email: 'meera@example.com',
  phone: '+919876543210',
  pan: 'ABCPI1234F',
  address: { street: '12 Beach Road', city: 'Chennai', state: 'Tamil Nadu', postalCode: '600001' },
  bank: { beneficiary: 'Meera Iyer', accountNumber: '123456789012', ifsc: 'HDFC0001234' },
};

const last4 = (of: PayoutDetails): string => of.bank.accountNumber.slice(-4);

export const submit = (change: Partial<PayoutDetails> = {}, now = NOW): TutorCommand => ({
  type: 'SubmitPayoutDetails',
  data: { tutorId, ...details, ...change },
  now,
});
export const submitted = (of: PayoutDetails = details, at = NOW): TutorEvent => ({
  type: 'PayoutDetailsSubmitted',
  data: { tutorId, ...of, bankLast4: last4(of), at },
});
export const requested = (operationId: string, attempt = 1): TutorEvent => ({
  type: 'LinkedAccountRequested',
  data: { tutorId, operationId, attempt },
});
export const failed: TutorEvent = {
  type: 'LinkedAccountFailed',
  data: { tutorId, reason: 'The PAN is not known.' },
};
export const created: TutorEvent = {
  type: 'LinkedAccountCreated',
  data: { tutorId, accountId: account, productId: 'acc_prd_1' },
};
export const underReview: TutorEvent = { type: 'LinkedAccountUnderReview', data: { tutorId, accountId: account } };
export const needs = (requirements: readonly Requirement[] = []): TutorEvent => ({
  type: 'LinkedAccountNeedsClarification',
  data: { tutorId, accountId: account, requirements },
});
export const activated = (usableFrom: number): TutorEvent => ({
  type: 'LinkedAccountActivated',
  data: { tutorId, accountId: account, usableFrom },
});
export const suspended: TutorEvent = {
  type: 'LinkedAccountSuspended',
  data: { tutorId, accountId: account, reason: 'suspended by the payment provider' },
};
export const bankChanged = (n: number, of: PayoutDetails, at = NOW): TutorEvent => ({
  type: 'BankDetailsChanged',
  data: {
    tutorId,
    accountId: account,
    operationId: `settlements-${account}-${n}`,
    bankLast4: last4(of),
    at,
    coolsUntil: at + 3 * DAY,
  },
});
export const applied = (n: number, at: number): TutorEvent => ({
  type: 'BankChangeApplied',
  data: { tutorId, accountId: account, operationId: `settlements-${account}-${n}`, at },
});
