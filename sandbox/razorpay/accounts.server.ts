import type { Account } from './entities.ts';
import { invalid, malformedId, unknownId } from './errors.ts';
import { isId, newId } from './ids.ts';
import { isFields, notes, onlyFields, requiredText, textOrNull, type Fields } from './input.ts';
import { announce, type World } from './world.server.ts';

const COOLING_S = 24 * 3600;
const ACCOUNT_FIELDS = [
  'email',
  'phone',
  'type',
  'reference_id',
  'legal_business_name',
  'customer_facing_business_name',
  'business_type',
  'contact_name',
  'profile',
  'legal_info',
  'notes',
  'contact_info',
  'apps',
];

export function createAccount(world: World, body: Fields): Account {
  onlyFields(body, ...ACCOUNT_FIELDS);
  const email = requiredText(body, 'email').toLowerCase();
  if (requiredText(body, 'type') !== 'route') throw invalid('The selected type is invalid.', 'type');
  const [known] = world.accounts.list({ key: email });
  if (known) throw invalid(`Merchant email already exists for account - ${known.id.slice(4)}`, 'email');
  return insertAccount(world, email, {
    phone: requiredText(body, 'phone'),
    legal_business_name: requiredText(body, 'legal_business_name'),
    business_type: requiredText(body, 'business_type'),
    contact_name: requiredText(body, 'contact_name'),
    reference_id: textOrNull(body, 'reference_id', 20),
    profile: isFields(body.profile) ? { ...body.profile } : {},
    legal_info: isFields(body.legal_info) ? { ...body.legal_info } : {},
    notes: notes(body),
    internal: {
      activation: 'requested',
      stakeholder: null,
      product: null,
      cooling_until: world.clock.seconds() + COOLING_S,
    },
  });
}

/** An account that may be paid at once, for demos and tests. The same e-mail gives the same account. */
export function createActivatedAccount(world: World, email: string, name: string): Account {
  const key = email.toLowerCase();
  const [known] = world.accounts.list({ key });
  if (known) return known;
  return insertAccount(world, key, {
    phone: '9000090000',
    legal_business_name: name,
    business_type: 'individual',
    contact_name: name,
    reference_id: null,
    profile: { category: 'education', subcategory: 'coaching' },
    legal_info: {},
    notes: {},
    internal: { activation: 'activated', stakeholder: null, product: null, cooling_until: 0 },
  });
}

function insertAccount(
  world: World,
  email: string,
  rest: Omit<Account, 'id' | 'email' | 'status' | 'created_at'>,
): Account {
  const account: Account = {
    id: newId('acc'),
    email,
    status: 'created',
    created_at: world.clock.seconds(),
    ...rest,
  };
  world.accounts.insert(account, { parent: null, key: email });
  return account;
}

export function findAccount(world: World, id: string): Account {
  if (!isId('acc', id)) throw malformedId(id);
  const account = world.accounts.find(id);
  if (!account) throw unknownId();
  return account;
}

/** Exactly one stakeholder. */
export function addStakeholder(world: World, accountId: string, body: Fields) {
  const account = findAccount(world, accountId);
  if (account.internal.stakeholder) throw invalid('The account already has a stakeholder.');
  const stakeholder = { id: newId('sth'), name: requiredText(body, 'name'), email: requiredText(body, 'email') };
  world.accounts.save({ ...account, internal: { ...account.internal, stakeholder } });
  return { entity: 'stakeholder', ...stakeholder, notes: [] };
}

export function requestProduct(world: World, accountId: string, body: Fields) {
  const account = findAccount(world, accountId);
  if (requiredText(body, 'product_name') !== 'route') throw invalid('Invalid product name.', 'product_name');
  if (account.internal.product) throw invalid('The product is requested already.');
  const product = { id: newId('acc_prd'), requested_at: world.clock.seconds() };
  const asked: Account = {
    ...account,
    internal: { ...account.internal, product, activation: 'needs_clarification' },
  };
  world.accounts.save(asked);
  return showProduct(asked);
}

/** Bank details complete the onboarding. */
export function configureProduct(world: World, accountId: string, productId: string, body: Fields) {
  const account = findAccount(world, accountId);
  if (account.internal.product?.id !== productId) throw unknownId();
  const bank = body.settlements;
  const complete =
    isFields(bank) && ['account_number', 'ifsc_code', 'beneficiary_name'].every((name) => textOrNull(bank, name));
  if (!complete) return showProduct(account);
  return showProduct(activateAccount(world, accountId));
}

/** Also lifts a suspension. */
export function activateAccount(world: World, id: string): Account {
  const account = findAccount(world, id);
  const activated: Account = {
    ...account,
    status: 'created',
    internal: { ...account.internal, activation: 'activated' },
  };
  world.accounts.save(activated);
  if (account.internal.activation !== 'activated') {
    announce(world, 'product.route.activated', id, { merchant_product: showProduct(activated) });
  }
  return activated;
}

export function suspendAccount(world: World, id: string): Account {
  const suspended: Account = { ...findAccount(world, id), status: 'suspended' };
  world.accounts.save(suspended);
  return suspended;
}

export function showProduct(account: Account) {
  const { product, activation } = account.internal;
  const open = activation !== 'activated';
  return {
    id: product?.id ?? null,
    account_id: account.id,
    product_name: 'route',
    activation_status: activation,
    requested_at: product?.requested_at ?? null,
    requirements: open
      ? ['account_number', 'ifsc_code', 'beneficiary_name'].map((name) => ({
          field_reference: `settlements.${name}`,
          resolution_url: `/accounts/${account.id}/products/${product?.id ?? ''}`,
          reason_code: 'field_missing',
          status: 'required',
        }))
      : [],
  };
}
