/**
 * From a tutor's details to an account that can be paid, and what a change of that account means for open payouts. Rules
 * OT1–OT7 of SPEC.md. One instance a tutor. No personal detail is in its state: the call reads them when it is made.
 */
import { idFrom } from '#events/shared/ids.ts';
import { accountCase } from '../effects/provider-call.ts';
import { command, type Process, type Reaction } from './process.ts';

export interface OnboardTutor {
  /** Booking id → when its payout was planned, business ms. Those that are released by now refuse to be paused. */
  readonly payouts: Readonly<Record<string, number>>;
  readonly accountId: string | null;
  readonly suspended: boolean;
  /** It was suspended until this fact. */
  readonly back: boolean;
  /** The provider asked for better details and waits. */
  readonly asked: boolean;
  /** The last change of the bank, and when it has cooled off; business ms. */
  readonly bank: { readonly at: number; readonly coolsUntil: number } | null;
}

/** Longer than a booking can be made ahead, taught, held and argued about, ms. */
const FORGET_AFTER_MS = 500 * 86_400_000;

const withPayout = (
  payouts: Readonly<Record<string, number>>,
  bookingId: string,
  at: number,
): Readonly<Record<string, number>> =>
  Object.fromEntries([
    ...Object.entries(payouts).filter(([, planned]) => at - planned < FORGET_AFTER_MS),
    [bookingId, at],
  ]);

/** Ends by itself: nobody has to be there when the bank has cooled off, and no late timer can end another pause. */
const rest = (bookingId: string, coolsUntil: number): Reaction =>
  command(`pause:${bookingId}`, {
    type: 'PausePayout',
    data: { bookingId, reason: 'bank-changed', until: coolsUntil },
  });

const suspend = (bookingId: string): Reaction =>
  command(`suspend:${bookingId}`, {
    type: 'PausePayout',
    data: { bookingId, reason: 'account-suspended', until: null },
  });

const updateSettlements = (tutorId: string, accountId: string, operationId: string): Reaction => ({
  kind: 'call',
  operationId,
  bookingId: accountCase(tutorId),
  call: { kind: 'update-settlements', tutorId, accountId },
});

export const onboardTutor: Process<OnboardTutor> = {
  name: 'onboard-tutor',
  initial: { payouts: {}, accountId: null, suspended: false, back: false, asked: false, bank: null },

  keyOf(fact) {
    switch (fact.type) {
      case 'PayoutDetailsSubmitted':
      case 'LinkedAccountRequested':
      case 'LinkedAccountCreated':
      case 'LinkedAccountUnderReview':
      case 'LinkedAccountNeedsClarification':
      case 'LinkedAccountActivated':
      case 'LinkedAccountSuspended':
      case 'BankDetailsChanged':
      case 'BankChangeApplied':
      case 'PayoutPlanned':
        return fact.data.tutorId;
      default:
        return null;
    }
  },

  evolve(state, fact) {
    switch (fact.type) {
      case 'LinkedAccountCreated':
        return { ...state, accountId: fact.data.accountId };
      case 'LinkedAccountUnderReview':
        return { ...state, asked: false };
      case 'LinkedAccountNeedsClarification':
        return { ...state, asked: true };
      case 'LinkedAccountActivated':
        return {
          ...state,
          accountId: fact.data.accountId,
          asked: false,
          suspended: false,
          back: state.suspended,
        };
      case 'LinkedAccountSuspended':
        return { ...state, suspended: true };
      case 'BankDetailsChanged':
        return { ...state, bank: { at: fact.data.at, coolsUntil: fact.data.coolsUntil } };
      case 'PayoutPlanned':
        return { ...state, payouts: withPayout(state.payouts, fact.data.bookingId, fact.meta.occurredAt) };
      default:
        return state;
    }
  },

  react(fact, state): readonly Reaction[] {
    const open = Object.keys(state.payouts);
    switch (fact.type) {
      case 'PayoutDetailsSubmitted': {
        const { tutorId, at } = fact.data;
        const operationId = idFrom('linked-account', fact.id);
        if (state.accountId === null)
          return [command('request', { type: 'RequestLinkedAccount', data: { tutorId, operationId } })];
        // Other bank details came right before these, or still rest: they are sent when they are applied.
        if (!state.asked || (state.bank && (state.bank.at === at || state.bank.coolsUntil > at))) return [];
        return [updateSettlements(tutorId, state.accountId, operationId)];
      }
      case 'LinkedAccountRequested': {
        const { tutorId, operationId } = fact.data;
        return [
          { kind: 'call', operationId, bookingId: accountCase(tutorId), call: { kind: 'create-account', tutorId } },
        ];
      }
      case 'BankDetailsChanged': {
        const { tutorId, operationId, coolsUntil } = fact.data;
        // What is released already cannot be paused: it is settled at the old bank, because the provider hears of the new
        // one only when that has cooled off.
        return [
          ...open.map((bookingId) => rest(bookingId, coolsUntil)),
          {
            kind: 'timer',
            key: `bank-change:${tutorId}:${operationId}`,
            dueAt: coolsUntil,
            command: { type: 'ApplyBankChange', data: { tutorId, operationId } },
          },
        ];
      }
      case 'BankChangeApplied': {
        const { tutorId, accountId, operationId } = fact.data;
        return [updateSettlements(tutorId, accountId, operationId)];
      }
      case 'LinkedAccountSuspended':
        return open.map(suspend);
      case 'LinkedAccountActivated':
        if (!state.back) return [];
        return open.map((bookingId) =>
          command(`back:${bookingId}`, {
            type: 'ResumePayout',
            data: { bookingId, reason: 'account-suspended' },
          }),
        );
      case 'PayoutPlanned': {
        const { bookingId } = fact.data;
        const cooling = state.bank && state.bank.coolsUntil > fact.meta.occurredAt ? state.bank.coolsUntil : null;
        return [
          ...(cooling === null ? [] : [rest(bookingId, cooling)]),
          ...(state.suspended ? [suspend(bookingId)] : []),
        ];
      }
      default:
        return [];
    }
  },
};
