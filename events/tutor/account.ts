/** A tutor's way to an account at the payment provider, as events and states. Part of the stream `tutor-<personId>`. */
import { impossible, never } from '../shared/never.ts';

export interface Bank {
  readonly beneficiary: string;
  readonly accountNumber: string;
  readonly ifsc: string;
}

/** What the provider must know of somebody before it pays them. (Not an interface: it is part of an event's data.) */
export type PayoutDetails = {
  /** As on the PAN card. */
  readonly legalName: string;
  readonly businessType: 'individual' | 'partnership' | 'private_limited';
  readonly contactName: string;
  readonly email: string;
  readonly phone: string;
  readonly pan: string;
  readonly address: {
    readonly street: string;
    readonly city: string;
    readonly state: string;
    readonly postalCode: string;
  };
  readonly bank: Bank;
};

/** What the provider wants corrected: one of its own field names, and its own words. */
export interface Requirement {
  readonly field: string;
  readonly reason: string;
}

export type AccountEvent =
  | {
      readonly type: 'PayoutDetailsSubmitted';
      readonly data: PayoutDetails & {
        readonly tutorId: string;
        /** For pages and mails, which show no more of it. */
        readonly bankLast4: string;
        readonly at: number;
      };
    }
  | {
      /** Decided before the provider is called. */
      readonly type: 'LinkedAccountRequested';
      readonly data: { readonly tutorId: string; readonly operationId: string; readonly attempt: number };
    }
  | {
      readonly type: 'LinkedAccountCreated';
      readonly data: { readonly tutorId: string; readonly accountId: string; readonly productId: string };
    }
  | {
      readonly type: 'LinkedAccountUnderReview';
      readonly data: { readonly tutorId: string; readonly accountId: string };
    }
  | {
      readonly type: 'LinkedAccountNeedsClarification';
      readonly data: {
        readonly tutorId: string;
        readonly accountId: string;
        readonly requirements: readonly Requirement[];
      };
    }
  | {
      readonly type: 'LinkedAccountSuspended';
      readonly data: { readonly tutorId: string; readonly accountId: string; readonly reason: string };
    }
  | { readonly type: 'LinkedAccountFailed'; readonly data: { readonly tutorId: string; readonly reason: string } }
  | {
      /** Payouts rest until `coolsUntil`, so that a stranger with the tutor's password gets nothing. */
      readonly type: 'BankDetailsChanged';
      readonly data: {
        readonly tutorId: string;
        readonly accountId: string;
        readonly operationId: string;
        readonly bankLast4: string;
        readonly at: number;
        readonly coolsUntil: number;
      };
    }
  | {
      /** It has cooled off: only now is the provider told of the new bank. */
      readonly type: 'BankChangeApplied';
      readonly data: {
        readonly tutorId: string;
        readonly accountId: string;
        readonly operationId: string;
        readonly at: number;
      };
    };

/** There is an account at the provider. `details` is null where it was activated without them (the demo). */
interface Opened {
  readonly details: PayoutDetails | null;
  readonly accountId: string;
  readonly productId: string | null;
  /** Of its first activation; null: never activated. */
  readonly usableFrom: number | null;
  /** Changes of the bank so far. */
  readonly bankChanges: number;
  /** The last of them. Until it is applied the provider knows the bank before it. */
  readonly bankChange: { readonly operationId: string; readonly coolsUntil: number; readonly applied: boolean } | null;
  /** Details were sent since the provider last spoke, so it may look at the account again. */
  readonly sentAnew: boolean;
}

export type Account =
  | { readonly kind: 'none' }
  /** Known, and nothing asked of the provider yet. */
  | { readonly kind: 'details'; readonly details: PayoutDetails; readonly attempts: readonly string[] }
  /** The last of `attempts` is the operation under way. */
  | { readonly kind: 'requested'; readonly details: PayoutDetails; readonly attempts: readonly string[] }
  | {
      readonly kind: 'failed';
      readonly details: PayoutDetails;
      readonly attempts: readonly string[];
      readonly reason: string;
    }
  | ({ readonly kind: 'created' } & Opened)
  | ({ readonly kind: 'under-review' } & Opened)
  | ({ readonly kind: 'needs-clarification'; readonly requirements: readonly Requirement[] } & Opened)
  | ({ readonly kind: 'active'; readonly usableFrom: number } & Opened)
  | ({ readonly kind: 'suspended'; readonly reason: string } & Opened);

export const NO_ACCOUNT: Account = { kind: 'none' };

export function evolveAccount(
  account: Account,
  event: AccountEvent | { type: 'LinkedAccountActivated'; data: { accountId: string; usableFrom: number } },
): Account {
  switch (event.type) {
    case 'PayoutDetailsSubmitted': {
      const { tutorId: _, bankLast4: __, at: ___, ...details } = event.data;
      if ('accountId' in account) return { ...account, details, sentAnew: true };
      return { kind: 'details', details, attempts: 'attempts' in account ? account.attempts : [] };
    }
    case 'LinkedAccountRequested': {
      if (account.kind !== 'details' && account.kind !== 'failed') return impossible(event, account);
      const { details, attempts } = account;
      return { kind: 'requested', details, attempts: [...attempts, event.data.operationId] };
    }
    case 'LinkedAccountFailed': {
      if (account.kind !== 'requested') return impossible(event, account);
      return { ...account, kind: 'failed', reason: event.data.reason };
    }
    case 'LinkedAccountCreated': {
      if (account.kind !== 'requested' && account.kind !== 'failed') return impossible(event, account);
      const { accountId, productId } = event.data;
      const fresh = { usableFrom: null, bankChanges: 0, bankChange: null, sentAnew: false };
      return { kind: 'created', details: account.details, accountId, productId, ...fresh };
    }
    case 'LinkedAccountActivated': {
      const { accountId, usableFrom } = event.data;
      if ('accountId' in account && account.accountId === accountId)
        return { ...opened(account, event), kind: 'active', usableFrom, sentAnew: false };
      const details = 'details' in account ? account.details : null;
      const fresh = { bankChanges: 0, bankChange: null, sentAnew: false };
      return { kind: 'active', details, accountId, productId: null, usableFrom, ...fresh };
    }
    case 'LinkedAccountUnderReview':
      return { ...opened(account, event), kind: 'under-review', sentAnew: false };
    case 'LinkedAccountNeedsClarification': {
      const { requirements } = event.data;
      return { ...opened(account, event), kind: 'needs-clarification', requirements, sentAnew: false };
    }
    case 'LinkedAccountSuspended':
      return { ...opened(account, event), kind: 'suspended', reason: event.data.reason };
    case 'BankDetailsChanged': {
      if (!('accountId' in account)) return impossible(event, account);
      const { operationId, coolsUntil } = event.data;
      const bankChange = { operationId, coolsUntil, applied: false };
      return { ...account, bankChanges: account.bankChanges + 1, bankChange };
    }
    case 'BankChangeApplied': {
      if (!('accountId' in account) || account.bankChange === null) return impossible(event, account);
      return { ...account, bankChange: { ...account.bankChange, applied: true } };
    }
    default:
      return never(event, 'account event');
  }
}

function opened(account: Account, event: { readonly type: string }): Opened {
  if (!('accountId' in account)) return impossible(event, account);
  const { details, accountId, productId, usableFrom, bankChanges, bankChange, sentAnew } = account;
  return { details, accountId, productId, usableFrom, bankChanges, bankChange, sentAnew };
}
