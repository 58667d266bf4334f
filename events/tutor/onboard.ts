/** From a tutor's details to an account that can be paid, rules TU7–TU18. */
import type { Command } from '../shared/command.ts';
import { isText } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { policyAt } from '../shared/policy.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { same } from '../shared/same.ts';
import type { Account, PayoutDetails, Requirement } from './account.ts';
import { detailsProblem, panKindProblem } from './details.ts';
import type { TutorEvent } from './events.ts';

export type AccountCommand =
  | Command<'SubmitPayoutDetails', PayoutDetails & { tutorId: string }>
  | Command<'RequestLinkedAccount', { tutorId: string; operationId: string }>
  | Command<'RecordLinkedAccount', { tutorId: string; accountId: string; productId: string }>
  /** What a read at the provider says of the account. */
  | Command<
      'ObserveLinkedAccount',
      {
        tutorId: string;
        accountId: string;
        /** `not-suspended`: all that can be read of an account without a product. */
        status: 'under-review' | 'needs-clarification' | 'activated' | 'suspended' | 'not-suspended';
        requirements: readonly Requirement[];
      }
    >
  /** A bank change has cooled off. */
  | Command<'ApplyBankChange', { tutorId: string; operationId: string }>
  | Command<'RecordLinkedAccountFailure', { tutorId: string; reason: string }>
  /** An account that is ready from elsewhere (the demo): usable at once. */
  | Command<'ActivateLinkedAccount', { tutorId: string; accountId: string }>;

type AccountCommandOf<Type extends AccountCommand['type']> = Extract<AccountCommand, { type: Type }>;
type Decision = readonly TutorEvent[] | Refusal;

const MAX_ATTEMPTS = 10;
/** A settlement takes until the next working day, so what was released before a change is at the old bank by then. */
const BANK_COOL_OFFS = 3;

const noAccount = (): Refusal => refuse('no-account', 'There is no account at the payment provider yet.');
const accountMismatch = (): Refusal => refuse('account-mismatch', 'This tutor has another account at the provider.');
const underWay = (): Refusal =>
  refuse('account-requested', 'Your account is just being set up. You can change the details in a few minutes.');

export function decideAccount(command: AccountCommand, account: Account): Decision {
  switch (command.type) {
    case 'SubmitPayoutDetails':
      return submitDetails(command, account);
    case 'RequestLinkedAccount':
      return request(command, account);
    case 'RecordLinkedAccount':
      return record(command, account);
    case 'ObserveLinkedAccount':
      return observe(command, account);
    case 'ApplyBankChange':
      return applyBankChange(command, account);
    case 'RecordLinkedAccountFailure':
      return recordFailure(command, account);
    case 'ActivateLinkedAccount':
      return activate(command, account);
    default:
      return never(command, 'account command');
  }
}

/** Rules TU7–TU10. */
function submitDetails({ data, now }: AccountCommandOf<'SubmitPayoutDetails'>, account: Account): Decision {
  const { tutorId, ...given } = data;
  const details = plain(given);
  // After a failure the same details mean: try again.
  if (account.kind !== 'failed' && 'details' in account && same(account.details, details)) return [];
  if (account.kind === 'requested') return underWay();
  const problem = detailsProblem(details);
  if (problem) return problem;
  const known = 'accountId' in account ? account.details : null;
  // What the provider took, or the log took before this was checked, is not held against a new bank or address.
  if (known?.pan !== details.pan || known.businessType !== details.businessType) {
    const another = panKindProblem(details);
    if (another) return another;
  }
  const bankLast4 = details.bank.accountNumber.slice(-4);
  const submitted: TutorEvent = {
    type: 'PayoutDetailsSubmitted',
    data: { tutorId, ...details, bankLast4, at: now },
  };
  if (!('accountId' in account)) return [submitted];
  const { accountId, details: before, bankChanges } = account;
  if (before && identityFixed(account, before, details))
    return refuse(
      'identity-fixed',
      'Legal name, PAN and kind of business belong to the account. Write to us to change them.',
    );
  if (before && same(before.bank, details.bank)) return [submitted];
  return [
    // First, so that payouts rest before anything is done with the new details.
    {
      type: 'BankDetailsChanged',
      data: {
        tutorId,
        accountId,
        // Deciders have no hash at hand; the count makes it one of its own.
        operationId: `settlements-${accountId}-${bankChanges + 1}`,
        bankLast4,
        at: now,
        // Before the first activation no payout can exist.
        coolsUntil: account.usableFrom === null ? now : now + BANK_COOL_OFFS * policyAt(now).accountCoolOffMs,
      },
    },
    submitted,
  ];
}

/** Only the fields that are known, so that nothing else is written into the log. */
function plain({
  legalName,
  businessType,
  contactName,
  email,
  phone,
  pan,
  address,
  bank,
}: PayoutDetails): PayoutDetails {
  const { street, city, state, postalCode } = address;
  const { beneficiary, accountNumber, ifsc } = bank;
  return {
    legalName,
    businessType,
    contactName,
    email,
    phone,
    pan,
    address: { street, city, state, postalCode },
    bank: { beneficiary, accountNumber, ifsc },
  };
}

/** The provider's names of what belongs to the account. Its names of other things unlock nothing of that. */
const IDENTITY = {
  legalName: ['legal_business_name', 'legal_info.legal_business_name', 'name', 'stakeholder.name'],
  businessType: ['business_type'],
  pan: ['legal_info.pan', 'pan', 'kyc.pan', 'stakeholder.kyc.pan'],
} as const;

/** Rule TU10. */
function identityFixed(account: Account, before: PayoutDetails, details: PayoutDetails): boolean {
  const asked = account.kind === 'needs-clarification' ? account.requirements.map((one) => one.field) : [];
  const fixed = (field: keyof typeof IDENTITY): boolean =>
    before[field] !== details[field] && !IDENTITY[field].some((name) => asked.includes(name));
  return fixed('legalName') || fixed('businessType') || fixed('pan');
}

/** Rule TU20. */
function applyBankChange({ data, now }: AccountCommandOf<'ApplyBankChange'>, account: Account): Decision {
  const { tutorId, operationId } = data;
  if (!('accountId' in account)) return noAccount();
  const { accountId, bankChange } = account;
  if (bankChange?.operationId !== operationId)
    return refuse('change-superseded', 'The bank details were changed again since.');
  if (bankChange.applied) return [];
  if (now < bankChange.coolsUntil) return refuse('still-cooling', 'The new bank account still rests.');
  return [{ type: 'BankChangeApplied', data: { tutorId, accountId, operationId, at: now } }];
}

/** Rules TU11, TU12. */
function request({ data }: AccountCommandOf<'RequestLinkedAccount'>, account: Account): Decision {
  const { tutorId, operationId } = data;
  switch (account.kind) {
    case 'none':
      return refuse('no-details', 'There are no details to open an account with.');
    case 'details':
    case 'failed': {
      if (account.attempts.includes(operationId))
        return refuse('operation-reused', 'This operation was used for an earlier try.');
      if (account.attempts.length >= MAX_ATTEMPTS)
        return refuse('too-many-attempts', 'The account could not be opened. People have to look at it.');
      const attempt = account.attempts.length + 1;
      return [{ type: 'LinkedAccountRequested', data: { tutorId, operationId, attempt } }];
    }
    case 'requested':
      return account.attempts.at(-1) === operationId ? [] : underWay();
    case 'created':
    case 'under-review':
    case 'needs-clarification':
    case 'active':
    case 'suspended':
      return refuse('account-exists', 'This tutor has an account at the provider already.');
    default:
      return never(account, 'account');
  }
}

/** Rules TU12, TU13: one thought failed may turn out done. */
function record({ data }: AccountCommandOf<'RecordLinkedAccount'>, account: Account): Decision {
  const { tutorId, accountId, productId } = data;
  switch (account.kind) {
    case 'requested':
    case 'failed':
      if (!isText(accountId, 1, 100) || !isText(productId, 1, 100))
        return refuse('account-invalid', 'The payment account has no usable id.');
      return [{ type: 'LinkedAccountCreated', data: { tutorId, accountId, productId } }];
    case 'created':
    case 'under-review':
    case 'needs-clarification':
    case 'active':
    case 'suspended':
      return account.accountId === accountId ? [] : accountMismatch();
    case 'none':
    case 'details':
      return refuse('account-not-requested', 'No account was asked for.');
    default:
      return never(account, 'account');
  }
}

/** Rule TU13. */
function recordFailure({ data }: AccountCommandOf<'RecordLinkedAccountFailure'>, account: Account): Decision {
  const { tutorId, reason } = data;
  switch (account.kind) {
    case 'requested':
      return [{ type: 'LinkedAccountFailed', data: { tutorId, reason } }];
    case 'failed':
      return [];
    case 'none':
    case 'details':
      return refuse('account-not-requested', 'No account was asked for.');
    case 'created':
    case 'under-review':
    case 'needs-clarification':
    case 'active':
    case 'suspended':
      return refuse('account-exists', 'This tutor has an account at the provider already.');
    default:
      return never(account, 'account');
  }
}

/** Rules TU14–TU17: forward only. What the account has left behind is older news, unless new details were sent since. */
function observe({ data, now }: AccountCommandOf<'ObserveLinkedAccount'>, account: Account): Decision {
  const { tutorId, accountId, status, requirements } = data;
  if (!('accountId' in account)) return noAccount();
  if (account.accountId !== accountId) return accountMismatch();
  const { kind, sentAnew } = account;
  switch (status) {
    case 'suspended': {
      if (kind === 'suspended') return [];
      const reason = requirements.map((one) => one.reason).join(' ') || 'suspended by the payment provider';
      return [{ type: 'LinkedAccountSuspended', data: { tutorId, accountId, reason } }];
    }
    case 'not-suspended':
      // With a product, that product says what the account may do; without one (the demo) nothing else stood in the way.
      if (kind !== 'suspended' || account.productId !== null || account.usableFrom === null) return [];
      return [
        { type: 'LinkedAccountActivated', data: { tutorId, accountId, usableFrom: Math.max(account.usableFrom, now) } },
      ];
    case 'activated': {
      if (kind === 'active') return [];
      // It rests once, when it is new; a later pause of the review does not make it rest again.
      const { usableFrom: first } = account;
      const usableFrom = first === null ? now + policyAt(now).accountCoolOffMs : Math.max(first, now);
      return [{ type: 'LinkedAccountActivated', data: { tutorId, accountId, usableFrom } }];
    }
    case 'under-review':
      if (kind !== 'created' && !(sentAnew && (kind === 'needs-clarification' || kind === 'active'))) return [];
      return [{ type: 'LinkedAccountUnderReview', data: { tutorId, accountId } }];
    case 'needs-clarification': {
      const news =
        kind === 'created' ||
        kind === 'under-review' ||
        (kind === 'active' && sentAnew) ||
        (kind === 'needs-clarification' && !same(account.requirements, requirements));
      return news ? [{ type: 'LinkedAccountNeedsClarification', data: { tutorId, accountId, requirements } }] : [];
    }
    default:
      return never(status, 'status of an account');
  }
}

/** Rules TU6, TU18. */
function activate({ data, now }: AccountCommandOf<'ActivateLinkedAccount'>, account: Account): Decision {
  const { tutorId, accountId } = data;
  switch (account.kind) {
    case 'none':
    case 'active':
      if (account.kind === 'active' && account.accountId === accountId) return [];
      if (!isText(accountId, 1, 100)) return refuse('account-invalid', 'The payment account has no usable id.');
      return [{ type: 'LinkedAccountActivated', data: { tutorId, accountId, usableFrom: now } }];
    case 'details':
    case 'requested':
    case 'failed':
      return refuse('account-requested', 'This tutor is opening an account of their own.');
    case 'created':
    case 'under-review':
    case 'needs-clarification':
    case 'suspended':
      return refuse('account-exists', 'This tutor has an account at the provider already.');
    default:
      return never(account, 'account');
  }
}
