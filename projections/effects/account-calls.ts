/**
 * A tutor's way to an account at the provider: account, stakeholder, product, bank details. No step has a key, so each is
 * looked for before it is taken, and what a step made is remembered before the next. Rules EF11–EF12.
 */
import { never } from '#events/shared/never.ts';
import type { Intent } from '../processes/process.ts';
import type { ProviderProduct } from './account-gateway.ts';
import { differs, isSamePerson } from './account-identity.ts';
import { mapped, type Found, type No, type Sending, type TutorAccount } from './found.ts';
import type { Answer } from './payment-gateway.ts';
import type { AccountCall } from './provider-call.ts';

/** `acc_…` while there is no product yet, then `acc_…/acc_prd_…`. */
const idsIn = (providerId: string | null): { accountId: string | null; productId: string | null } => {
  const [accountId, productId] = (providerId ?? '').split('/');
  return { accountId: accountId || null, productId: productId ?? null };
};

const NO_DETAILS = { kind: 'rejected', code: 'NO_DETAILS', description: 'the tutor gave no details' } as const;
const RESTS = { kind: 'rejected', code: 'BANK_RESTS', description: 'the new bank account still rests' } as const;
const NOT_OURS = {
  kind: 'rejected',
  code: 'EMAIL_TAKEN',
  description: 'This e-mail address belongs to another account at the payment provider. Use another one.',
} as const;

/** What the provider thinks of the account, for the log; null while it has not looked. */
export function accountObservation(tutorId: string, product: ProviderProduct): Intent | null {
  const { accountId, status, requirements } = product;
  const seen = (word: 'under-review' | 'needs-clarification' | 'activated' | 'suspended'): Intent => ({
    type: 'ObserveLinkedAccount',
    data: { tutorId, accountId, status: word, requirements },
  });
  switch (status) {
    case 'requested':
      return null;
    case 'under_review':
      return seen('under-review');
    case 'needs_clarification':
      return seen('needs-clarification');
    case 'activated':
      return seen('activated');
    case 'suspended':
      return seen('suspended');
    default:
      return never(status, 'activation status');
  }
}

function done(call: AccountCall, product: ProviderProduct): Found {
  const { tutorId } = call;
  const { id: productId, accountId } = product;
  const seen = accountObservation(tutorId, product);
  const made: Intent = { type: 'RecordLinkedAccount', data: { tutorId, accountId, productId } };
  const records = [...(call.kind === 'create-account' ? [made] : []), ...(seen ? [seen] : [])];
  return { kind: 'done', providerId: `${accountId}/${productId}`, records };
}

const hasDetails = (product: ProviderProduct, { details: { bank } }: TutorAccount): boolean =>
  product.accountNumber === bank.accountNumber &&
  product.ifsc?.toUpperCase() === bank.ifsc.toUpperCase() &&
  !differs(product.beneficiary, bank.beneficiary);

export async function sendAccountCall(call: AccountCall, sending: Sending): Promise<Answer<Found>> {
  const { gateway, remember } = sending;
  const tutor = await sending.accountOf(call.tutorId);
  if (!tutor) return NO_DETAILS;
  // A call of an earlier change that is tried again would carry the bank of the later one.
  if (call.kind === 'update-settlements' && tutor.bankRests) return RESTS;
  const known = idsIn(sending.providerId);

  let accountId = call.kind === 'update-settlements' ? call.accountId : known.accountId;
  if (accountId === null) {
    const { details } = tutor;
    const account = await gateway.createAccount({
      details,
      tutorId: call.tutorId,
      operationId: sending.operationId,
    });
    if (account.kind !== 'ok') return account;
    // Somebody else's account has this address: paying into it would give them this tutor's money.
    if (account.value.tutorId !== call.tutorId) return NOT_OURS;
    accountId = account.value.id;
    await remember(accountId);
  }
  const stakeholder = await gateway.ensureStakeholder(accountId, tutor.details);
  if (stakeholder.kind !== 'ok') return stakeholder;
  // Also where it was made just now: an earlier try, with other details, may have made it.
  const identity = await gateway.identity(accountId);
  if (identity.kind !== 'ok') return identity;
  const corrected = await gateway.correctIdentity(accountId, identity.value, tutor.details);
  if (corrected.kind !== 'ok') return corrected;
  let productId = known.productId ?? tutor.productId;
  if (productId === null) {
    const product = await gateway.requestProduct(accountId);
    if (product.kind !== 'ok') return product;
    productId = product.value.id;
    await remember(`${accountId}/${productId}`);
  }
  const updated = await gateway.updateSettlements(accountId, productId, tutor.details.bank);
  return mapped(updated, (product) => done(call, product));
}

export async function findAccountCall(call: AccountCall, sending: Sending): Promise<Answer<Found | null>> {
  const tutor = await sending.accountOf(call.tutorId);
  const known = idsIn(sending.providerId);
  const accountId = call.kind === 'update-settlements' ? call.accountId : known.accountId;
  const productId = known.productId ?? tutor?.productId ?? null;
  // Without an id there is nothing to read; made again, the provider gives what it has made already.
  if (!tutor || accountId === null || productId === null) return { kind: 'ok', value: null };
  const identity = await sending.gateway.identity(accountId);
  if (identity.kind !== 'ok') return identity;
  return mapped(await sending.gateway.product(accountId, productId), (product) =>
    hasDetails(product, tutor) && isSamePerson(identity.value, tutor.details) ? done(call, product) : null,
  );
}

/** While the provider looks at the account nothing of it may change. */
const LOCKED = /locked for editing/i;

export function accountRejection(call: AccountCall, reason: string): No {
  const { tutorId } = call;
  if (LOCKED.test(reason) || reason.includes(RESTS.description)) return { kind: 'later', alert: null, records: [] };
  if (call.kind === 'create-account')
    return { kind: 'failed', records: [{ type: 'RecordLinkedAccountFailure', data: { tutorId, reason } }] };
  const { accountId } = call;
  const requirements = [{ field: 'settlements', reason }];
  const doubted: Intent = {
    type: 'ObserveLinkedAccount',
    data: { tutorId, accountId, status: 'needs-clarification', requirements },
  };
  return { kind: 'failed', records: [doubted] };
}
