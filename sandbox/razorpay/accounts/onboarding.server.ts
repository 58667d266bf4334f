/** From a created account to one that may be paid: a stakeholder, the product `route`, bank details, a review. */
import type { Account, Stakeholder } from '../entities.ts';
import { invalid, malformedId, unknownId } from '../errors.ts';
import { isId, newId } from '../ids.ts';
import { flag, isFields, notes, onlyFields, requiredText, textOrNull, type Fields } from '../input.ts';
import { showNotes, type Shown } from '../present.ts';
import { announceRaw, type World } from '../world.server.ts';
import { checkPan, findAccount } from './accounts.server.ts';
import { review, type BankDetails, type Doubt } from './review.ts';

/** Between the bank details and the word about them; wall time. */
const REVIEW_MS = 150;
const STAKEHOLDER_FIELDS = [
  'name',
  'email',
  'percentage_ownership',
  'relationship',
  'phone',
  'addresses',
  'kyc',
  'notes',
];
const BANK_FIELDS = ['account_number', 'ifsc_code', 'beneficiary_name'] as const;

/** Exactly one stakeholder. */
export function addStakeholder(world: World, accountId: string, body: Fields): Shown {
  onlyFields(body, ...STAKEHOLDER_FIELDS);
  const account = findAccount(world, accountId);
  if (account.internal.stakeholder) throw invalid('The account already has a stakeholder.');
  const stakeholder: Stakeholder = {
    id: newId('sth'),
    name: requiredText(body, 'name'),
    email: requiredText(body, 'email'),
    details: stakeholderDetails(body),
    notes: notes(body),
  };
  return keepStakeholder(world, account, stakeholder);
}

export function editStakeholder(world: World, accountId: string, stakeholderId: string, body: Fields): Shown {
  onlyFields(body, ...STAKEHOLDER_FIELDS.filter((name) => name !== 'email'));
  const { account, stakeholder } = findStakeholder(world, accountId, stakeholderId);
  return keepStakeholder(world, account, {
    ...stakeholder,
    name: textOrNull(body, 'name') ?? stakeholder.name,
    details: { ...stakeholder.details, ...stakeholderDetails(body) },
    notes: body.notes === undefined ? stakeholder.notes : notes(body),
  });
}

function stakeholderDetails(body: Fields): Record<string, unknown> {
  if (isFields(body.kyc)) checkPan(body.kyc, 'kyc.pan');
  return Object.fromEntries(
    ['percentage_ownership', 'relationship', 'phone', 'addresses', 'kyc']
      .filter((name) => body[name] !== undefined)
      .map((name) => [name, body[name]]),
  );
}

function keepStakeholder(world: World, account: Account, stakeholder: Stakeholder): Shown {
  world.accounts.save({ ...account, internal: { ...account.internal, stakeholder } });
  return showStakeholder(stakeholder);
}

export function findStakeholder(world: World, accountId: string, stakeholderId: string) {
  const account = findAccount(world, accountId);
  const { stakeholder } = account.internal;
  if (!isId('sth', stakeholderId)) throw malformedId(stakeholderId);
  if (stakeholder?.id !== stakeholderId) throw unknownId();
  return { account, stakeholder };
}

export function showStakeholder(stakeholder: Stakeholder): Shown {
  const { details, notes: written, ...rest } = stakeholder;
  return {
    entity: 'stakeholder',
    relationship: {},
    phone: {},
    kyc: {},
    addresses: {},
    ...details,
    ...rest,
    notes: showNotes(written ?? {}),
  };
}

/** Asking again gives what was asked for the first time, so that a lost answer can be had once more. */
export function requestProduct(world: World, accountId: string, body: Fields): Shown {
  onlyFields(body, 'product_name', 'tnc_accepted', 'ip');
  const account = findAccount(world, accountId);
  if (requiredText(body, 'product_name') !== 'route') throw invalid('Invalid product name.', 'product_name');
  const product = account.internal.product ?? { id: newId('acc_prd'), requested_at: world.clock.seconds(), tnc: null };
  const activation = account.internal.product ? account.internal.activation : 'needs_clarification';
  return showProduct(acceptTerms(world, { ...account, internal: { ...account.internal, product, activation } }, body));
}

function acceptTerms(world: World, account: Account, body: Fields): Account {
  const { product } = account.internal;
  const accepts = flag(body, 'tnc_accepted') === true;
  const tnc = product?.tnc ?? (accepts ? { id: newId('tnc'), accepted_at: world.clock.seconds() } : null);
  return save(world, account, { product: product && { ...product, tnc } });
}

export function findProduct(world: World, accountId: string, productId: string): Account {
  const account = findAccount(world, accountId);
  if (!isId('acc_prd', productId)) throw malformedId(productId);
  if (account.internal.product?.id !== productId) throw unknownId();
  return account;
}

/** Complete bank details begin the review. Sending the same details again changes nothing. */
export function configureProduct(world: World, accountId: string, productId: string, body: Fields): Shown {
  onlyFields(body, 'settlements', 'tnc_accepted', 'ip', 'notifications', 'checkout', 'refund', 'payment_methods');
  const found = findProduct(world, accountId, productId);
  const account = acceptTerms(world, found, body);
  if (body.settlements === undefined) return showProduct(account);
  const bank = readBank(body.settlements, account.internal.settlements ?? null);
  const same = BANK_FIELDS.every((name) => bank[name] === (account.internal.settlements?.[name] ?? ''));
  const { activation } = account.internal;
  if (same && activation !== 'needs_clarification') return showProduct(account);
  if (activation === 'under_review') {
    throw invalid('Merchant activation form has been locked for editing by admin.');
  }
  const asked = save(world, account, { settlements: bank, doubts: [] });
  if (openRequirements(asked).length > 0) return showProduct(save(world, asked, { activation: 'needs_clarification' }));
  // New details of an account that is in use: checked too, but without a pause when nothing is wrong with them.
  if (activation === 'activated' && review(bank).kind === 'activated') return showProduct(asked);
  world.jobs.schedule('review-account', account.id, REVIEW_MS);
  return showProduct(decide(world, asked, 'under_review'));
}

function readBank(value: unknown, known: BankDetails | null): BankDetails {
  if (!isFields(value)) throw invalid('The settlements must be an array.', 'settlements');
  onlyFields(value, ...BANK_FIELDS);
  const read = (name: keyof BankDetails): string => textOrNull(value, name) ?? known?.[name] ?? '';
  const bank = {
    account_number: read('account_number'),
    ifsc_code: read('ifsc_code').toUpperCase(),
    beneficiary_name: read('beneficiary_name'),
  };
  if (bank.account_number !== '' && !/^[A-Z0-9]{5,35}$/i.test(bank.account_number)) {
    throw invalid('The account number must be between 5 and 35 characters.', 'account_number');
  }
  if (bank.ifsc_code !== '' && !/^[A-Z]{4}0[A-Z0-9]{6}$/.test(bank.ifsc_code)) {
    throw invalid('The ifsc code format is invalid.', 'ifsc_code');
  }
  return bank;
}

/** The reviewer's word, a moment after the details came. */
export function finishReview(world: World, accountId: string): void {
  const account = findAccount(world, accountId);
  const { activation, settlements } = account.internal;
  if (activation !== 'under_review' || !settlements) return;
  const verdict = review(settlements);
  if (verdict.kind === 'under_review') return;
  decide(world, account, verdict.kind, verdict.kind === 'needs_clarification' ? [verdict.doubt] : []);
}

/** A lever as well: what the provider's people decide. Activation also lifts a suspension. */
export function decideAccount(
  world: World,
  id: string,
  activation: 'activated' | 'needs_clarification' | 'under_review',
): Account {
  const account = findAccount(world, id);
  const doubt = { field_reference: 'settlements.beneficiary_name', reason_code: 'beneficiary_name_mismatch' };
  const { suspended_at: _, ...rest } = account;
  const lifted: Account = activation === 'activated' ? { ...rest, status: 'created' } : account;
  return decide(world, lifted, activation, activation === 'needs_clarification' ? [doubt] : []);
}

/** Tells of every change that the account's owner can see, when a product was asked for. */
function decide(
  world: World,
  account: Account,
  activation: 'activated' | 'needs_clarification' | 'under_review',
  doubts: readonly Doubt[] = [],
): Account {
  const before = world.accounts.find(account.id);
  const decided = save(world, account, { activation, doubts: [...doubts] });
  const changed = before && activationStatus(before) !== activation;
  if (changed && decided.internal.product) {
    announceRaw(world, `product.route.${activation}`, account.id, {
      accountId: account.id,
      payload: {
        merchant_product: {
          entity: { id: decided.internal.product.id, merchant_id: account.id, activation_status: activation },
          data: { requirements: requirements(decided) },
        },
      },
    });
  }
  return decided;
}

function save(world: World, account: Account, internal: Partial<Account['internal']>): Account {
  const saved: Account = { ...account, internal: { ...account.internal, ...internal } };
  world.accounts.save(saved);
  return saved;
}

export const activationStatus = (account: Account): string =>
  account.status === 'suspended' ? 'suspended' : account.internal.activation;

function openRequirements(account: Account): { field_reference: string; reason_code: string; at: string }[] {
  const { product, stakeholder, settlements, doubts } = account.internal;
  const own = `/accounts/${account.id}/products/${product?.id ?? ''}`;
  const missing = (field: string, at: string) => ({ field_reference: field, reason_code: 'field_missing', at });
  return [
    ...(stakeholder ? [] : [missing('name', `/accounts/${account.id}/stakeholders`)]),
    ...(product?.tnc === null ? [missing('tnc_accepted', own)] : []),
    ...BANK_FIELDS.filter((name) => !settlements?.[name]).map((name) => missing(`settlements.${name}`, own)),
    ...(doubts ?? []).map((doubt) => ({ ...doubt, at: own })),
  ];
}

function requirements(account: Account): Shown[] {
  if (account.internal.activation !== 'needs_clarification') return [];
  return openRequirements(account).map(({ at, ...rest }) => ({ ...rest, resolution_url: at, status: 'required' }));
}

export function showProduct(account: Account): Shown {
  const { product, settlements } = account.internal;
  const shown = (name: keyof BankDetails): string | null => settlements?.[name] || null;
  return {
    requested_configuration: [],
    active_configuration: {
      settlements: {
        account_number: shown('account_number'),
        ifsc_code: shown('ifsc_code'),
        beneficiary_name: shown('beneficiary_name'),
      },
    },
    requirements: requirements(account),
    tnc: product?.tnc
      ? { id: product.tnc.id, accepted: true, accepted_at: product.tnc.accepted_at }
      : { id: null, accepted: false, accepted_at: null },
    id: product?.id ?? null,
    account_id: account.id,
    product_name: 'route',
    activation_status: activationStatus(account),
    requested_at: product?.requested_at ?? null,
  };
}

export function showTerms(productName: string): Shown {
  if (productName !== 'route' && productName !== 'payments') throw invalid('Invalid product name.', 'product_name');
  return {
    entity: 'tnc_map',
    product_name: productName,
    id: 'tnc_map_SandboxTerms01',
    tnc: {
      terms: 'https://razorpay.com/terms/',
      privacy: 'https://razorpay.com/privacy/',
      agreement: 'https://razorpay.com/agreement/',
    },
    last_published_at: 1_640_589_653,
  };
}
