/** A tutor hears of every change of the account that pays them. Rule NO12 of SPEC.md. One instance a tutor. */
import type { AccountKind, AccountNotice } from '../notices/notice.ts';
import type { Process, Reaction } from './process.ts';

export interface NotifyAccount {
  readonly suspended: boolean;
  /** It was suspended until this fact. */
  readonly back: boolean;
  /** It was activated before this fact, so that it is ready is no news. */
  readonly known: boolean;
  readonly active: boolean;
  /** When the last change of the bank has cooled off, business ms. */
  readonly coolsUntil: number | null;
  /** The one before it. */
  readonly before: number | null;
}

export const cooledReminder = (tutorId: string, coolsUntil: number): string => `bank-cooled:${tutorId}:${coolsUntil}`;

export const notifyAccount: Process<NotifyAccount> = {
  name: 'notify-account',
  initial: { suspended: false, back: false, known: false, active: false, coolsUntil: null, before: null },

  keyOf(fact) {
    switch (fact.type) {
      case 'PayoutDetailsSubmitted':
      case 'LinkedAccountUnderReview':
      case 'LinkedAccountNeedsClarification':
      case 'LinkedAccountActivated':
      case 'LinkedAccountSuspended':
      case 'LinkedAccountFailed':
      case 'BankDetailsChanged':
        return fact.data.tutorId;
      default:
        return null;
    }
  },

  evolve(state, fact) {
    switch (fact.type) {
      case 'LinkedAccountActivated':
        return { ...state, back: state.suspended, suspended: false, known: state.active, active: true };
      case 'LinkedAccountSuspended':
        return { ...state, suspended: true };
      case 'BankDetailsChanged':
        return { ...state, before: state.coolsUntil, coolsUntil: fact.data.coolsUntil };
      default:
        return state;
    }
  },

  react(fact, state): readonly Reaction[] {
    const tell = (tutorId: string, about: AccountKind, key: string): Reaction => ({
      kind: 'notice',
      notice: mailTo(tutorId, about, key),
    });
    switch (fact.type) {
      case 'PayoutDetailsSubmitted': {
        const { tutorId, bankLast4 } = fact.data;
        // Later on only a change of the bank is worth a mail, and that has its own.
        return state.active ? [] : [tell(tutorId, { kind: 'account-details-received', bankLast4 }, fact.id)];
      }
      case 'LinkedAccountUnderReview':
        return [tell(fact.data.tutorId, { kind: 'account-under-review' }, fact.id)];
      case 'LinkedAccountNeedsClarification': {
        const { tutorId, requirements } = fact.data;
        return [tell(tutorId, { kind: 'account-needs-clarification', requirements }, fact.id)];
      }
      case 'LinkedAccountActivated': {
        const { tutorId, usableFrom } = fact.data;
        if (state.back) return [tell(tutorId, { kind: 'account-back' }, fact.id)];
        // The demo's accounts are usable at once, and nobody waits for that news.
        if (state.known || usableFrom <= fact.meta.occurredAt) return [];
        return [tell(tutorId, { kind: 'account-activated', usableFrom }, fact.id)];
      }
      case 'LinkedAccountSuspended': {
        const { tutorId, reason } = fact.data;
        return [tell(tutorId, { kind: 'account-suspended', reason }, fact.id)];
      }
      case 'LinkedAccountFailed': {
        const { tutorId, reason } = fact.data;
        return [tell(tutorId, { kind: 'account-failed', reason }, fact.id)];
      }
      case 'BankDetailsChanged': {
        const { tutorId, bankLast4, coolsUntil, operationId } = fact.data;
        return [
          tell(tutorId, { kind: 'bank-changed', bankLast4, coolsUntil }, operationId),
          ...(state.before === null
            ? []
            : [{ kind: 'forget', keys: [cooledReminder(tutorId, state.before)] } as const]),
          {
            kind: 'reminder',
            key: cooledReminder(tutorId, coolsUntil),
            dueAt: coolsUntil,
            notice: mailTo(tutorId, { kind: 'bank-cooled', bankLast4 }, operationId),
          },
        ];
      }
      default:
        return [];
    }
  },
};

const mailTo = (tutorId: string, about: AccountKind, noticeKey: string): AccountNotice => ({
  noticeKey,
  to: [tutorId],
  mail: true,
  lesson: null,
  about,
});
