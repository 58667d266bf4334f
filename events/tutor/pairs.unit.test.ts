/** Every state of a tutor's account with every command: what comes of it stands in the table, and a missing pair fails. */
import { expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { checkPairs } from '../shared/pairs.ts';
import type { Account } from './account.ts';
import { decide, type TutorCommand } from './decide.ts';
import { evolve, initial, type TutorEvent } from './events.ts';
import * as of from './examples.ts';

const { account, bankChanged, created, details, NOW, offer, profile, submitted, tutorId } = of;
const decider = { initial, evolve, decide };
const otherBank = { ...details, bank: { ...details.bank, accountNumber: '999999999' } };

const opened = [submitted(), of.requested('op1'), created];
const STATES: Readonly<Record<string, readonly TutorEvent[]>> = {
  none: [],
  details: [submitted()],
  requested: [submitted(), of.requested('op1')],
  failed: [submitted(), of.requested('op1'), of.failed],
  created: opened,
  'under-review': [...opened, of.underReview],
  'needs-clarification': [...opened, of.needs()],
  clarified: [...opened, of.needs(), bankChanged(1, otherBank), submitted(otherBank)],
  active: [...opened, of.activated(NOW)],
  'bank-changed': [...opened, of.activated(NOW), bankChanged(1, otherBank), submitted(otherBank)],
  'bank-applied': [
    ...opened,
    of.activated(NOW),
    bankChanged(1, otherBank),
    submitted(otherBank),
    of.applied(1, NOW + 3 * 86_400_000),
  ],
  suspended: [...opened, of.activated(NOW), of.suspended],
  demo: [of.activated(NOW)],
  'demo-suspended': [of.activated(NOW), of.suspended],
};

type Asked =
  | Exclude<TutorCommand['type'], 'ObserveLinkedAccount' | 'SubmitPayoutDetails' | 'ApplyBankChange'>
  | 'PublishTutorProfile'
  | `SubmitPayoutDetails: ${'first' | 'another bank' | 'another name'}`
  | `ApplyBankChange: ${'early' | 'cooled'}`
  | `ObserveLinkedAccount: ${'under-review' | 'needs-clarification' | 'activated' | 'suspended' | 'not-suspended'}`;
const observe = (
  status: 'under-review' | 'needs-clarification' | 'activated' | 'suspended' | 'not-suspended',
): TutorCommand => ({
  type: 'ObserveLinkedAccount',
  data: { tutorId, accountId: account, status, requirements: [] },
  now: NOW,
});
const COMMANDS: Readonly<Record<Asked, TutorCommand>> = {
  PublishTutorProfile: { type: 'PublishTutorProfile', data: { tutorId, profile }, now: NOW },
  SetOffers: { type: 'SetOffers', data: { tutorId, offers: [offer] }, now: NOW },
  SetBookingMode: { type: 'SetBookingMode', data: { tutorId, mode: 'accept' }, now: NOW },
  'SubmitPayoutDetails: first': of.submit(),
  'SubmitPayoutDetails: another bank': of.submit({ bank: { ...details.bank, accountNumber: '111122223333' } }),
  'SubmitPayoutDetails: another name': of.submit({ legalName: 'Meera Krishnan' }),
  RequestLinkedAccount: { type: 'RequestLinkedAccount', data: { tutorId, operationId: 'op2' }, now: NOW },
  RecordLinkedAccount: {
    type: 'RecordLinkedAccount',
    data: { tutorId, accountId: account, productId: 'acc_prd_1' },
    now: NOW,
  },
  'ObserveLinkedAccount: under-review': observe('under-review'),
  'ObserveLinkedAccount: needs-clarification': observe('needs-clarification'),
  'ObserveLinkedAccount: activated': observe('activated'),
  'ObserveLinkedAccount: suspended': observe('suspended'),
  'ObserveLinkedAccount: not-suspended': observe('not-suspended'),
  RecordLinkedAccountFailure: {
    type: 'RecordLinkedAccountFailure',
    data: { tutorId, reason: 'The PAN is not known.' },
    now: NOW,
  },
  'ApplyBankChange: early': {
    type: 'ApplyBankChange',
    data: { tutorId, operationId: `settlements-${account}-1` },
    now: NOW + 3 * 86_400_000 - 1,
  },
  'ApplyBankChange: cooled': {
    type: 'ApplyBankChange',
    data: { tutorId, operationId: `settlements-${account}-1` },
    now: NOW + 3 * 86_400_000,
  },
  ActivateLinkedAccount: { type: 'ActivateLinkedAccount', data: { tutorId, accountId: account }, now: NOW },
};

const TABLE: Readonly<Record<Asked, Readonly<Record<string, string>>>> = {
  PublishTutorProfile: {
    TutorProfilePublished:
      'none details requested failed created under-review needs-clarification clarified active bank-changed bank-applied suspended demo demo-suspended',
  },
  SetOffers: {
    OffersSet:
      'none details requested failed created under-review needs-clarification clarified active bank-changed bank-applied suspended demo demo-suspended',
  },
  SetBookingMode: {
    BookingModeSet:
      'none details requested failed created under-review needs-clarification clarified active bank-changed bank-applied suspended demo demo-suspended',
  },
  'SubmitPayoutDetails: first': {
    PayoutDetailsSubmitted: 'none failed',
    nothing: 'details requested created under-review needs-clarification active suspended',
    'BankDetailsChanged+PayoutDetailsSubmitted': 'clarified bank-changed bank-applied demo demo-suspended',
  },
  'SubmitPayoutDetails: another bank': {
    PayoutDetailsSubmitted: 'none details failed',
    'account-requested': 'requested',
    'BankDetailsChanged+PayoutDetailsSubmitted':
      'created under-review needs-clarification clarified active bank-changed bank-applied suspended demo demo-suspended',
  },
  'SubmitPayoutDetails: another name': {
    PayoutDetailsSubmitted: 'none details failed',
    'account-requested': 'requested',
    'identity-fixed': 'created under-review needs-clarification clarified active bank-changed bank-applied suspended',
    'BankDetailsChanged+PayoutDetailsSubmitted': 'demo demo-suspended',
  },
  RequestLinkedAccount: {
    'no-details': 'none',
    LinkedAccountRequested: 'details failed',
    'account-requested': 'requested',
    'account-exists':
      'created under-review needs-clarification clarified active bank-changed bank-applied suspended demo demo-suspended',
  },
  RecordLinkedAccount: {
    'account-not-requested': 'none details',
    LinkedAccountCreated: 'requested failed',
    nothing:
      'created under-review needs-clarification clarified active bank-changed bank-applied suspended demo demo-suspended',
  },
  'ObserveLinkedAccount: under-review': {
    'no-account': 'none details requested failed',
    LinkedAccountUnderReview: 'created clarified bank-changed bank-applied',
    nothing: 'under-review needs-clarification active suspended demo demo-suspended',
  },
  'ObserveLinkedAccount: needs-clarification': {
    'no-account': 'none details requested failed',
    LinkedAccountNeedsClarification: 'created under-review bank-changed bank-applied',
    nothing: 'needs-clarification clarified active suspended demo demo-suspended',
  },
  'ObserveLinkedAccount: activated': {
    'no-account': 'none details requested failed',
    LinkedAccountActivated: 'created under-review needs-clarification clarified suspended demo-suspended',
    nothing: 'active bank-changed bank-applied demo',
  },
  'ObserveLinkedAccount: suspended': {
    'no-account': 'none details requested failed',
    LinkedAccountSuspended: 'created under-review needs-clarification clarified active bank-changed bank-applied demo',
    nothing: 'suspended demo-suspended',
  },
  'ObserveLinkedAccount: not-suspended': {
    'no-account': 'none details requested failed',
    LinkedAccountActivated: 'demo-suspended',
    nothing: 'created under-review needs-clarification clarified active bank-changed bank-applied suspended demo',
  },
  RecordLinkedAccountFailure: {
    'account-not-requested': 'none details',
    LinkedAccountFailed: 'requested',
    nothing: 'failed',
    'account-exists':
      'created under-review needs-clarification clarified active bank-changed bank-applied suspended demo demo-suspended',
  },
  'ApplyBankChange: early': {
    'no-account': 'none details requested failed',
    'change-superseded': 'created under-review needs-clarification active suspended demo demo-suspended',
    'still-cooling': 'clarified bank-changed',
    nothing: 'bank-applied',
  },
  'ApplyBankChange: cooled': {
    'no-account': 'none details requested failed',
    'change-superseded': 'created under-review needs-clarification active suspended demo demo-suspended',
    BankChangeApplied: 'clarified bank-changed',
    nothing: 'bank-applied',
  },
  ActivateLinkedAccount: {
    LinkedAccountActivated: 'none',
    'account-requested': 'details requested failed',
    'account-exists': 'created under-review needs-clarification clarified suspended demo-suspended',
    nothing: 'active bank-changed bank-applied demo',
  },
};

it('BO41: every command in every state', () => {
  checkPairs(decider, STATES, COMMANDS, TABLE);
});

it('BO41: these are all the states there are', () => {
  const kinds = new Set(Object.values(STATES).map((events) => fold(decider, events).account.kind));
  const all: Readonly<Record<Account['kind'], true>> = {
    none: true,
    details: true,
    requested: true,
    failed: true,
    created: true,
    'under-review': true,
    'needs-clarification': true,
    active: true,
    suspended: true,
  };
  expect([...kinds].toSorted()).toEqual(Object.keys(all).toSorted());
});
