/** Linked accounts: the businesses that the platform passes money on to. */
import type { Account } from '../entities.ts';
import { invalid, malformedId, unknownId } from '../errors.ts';
import { isId, newId } from '../ids.ts';
import { isFields, notes, onlyFields, requiredText, textOrNull, type Fields } from '../input.ts';
import type { World } from '../world.server.ts';

const COOLING_S = 24 * 3600;
const EDITABLE = [
  'phone',
  'reference_id',
  'legal_business_name',
  'customer_facing_business_name',
  'contact_name',
  'profile',
  'legal_info',
  'brand',
  'notes',
  'contact_info',
  'apps',
] as const;
const BUSINESS_TYPES = [
  'individual',
  'proprietorship',
  'partnership',
  'private_limited',
  'public_limited',
  'llp',
  'ngo',
  'trust',
  'society',
  'educational_institutes',
  'not_yet_registered',
  'huf',
  'other',
];

export function createAccount(world: World, body: Fields): Account {
  onlyFields(body, 'email', 'type', 'business_type', ...EDITABLE);
  const email = requiredText(body, 'email').toLowerCase();
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) throw invalid('The email must be a valid email address.', 'email');
  if (requiredText(body, 'type') !== 'route') throw invalid('The selected type is invalid.', 'type');
  const [known] = world.accounts.list({ key: email });
  if (known) throw invalid(`Merchant email already exists for account - ${known.id.slice('acc_'.length)}`, 'email');
  const businessType = requiredText(body, 'business_type');
  if (!BUSINESS_TYPES.includes(businessType)) throw invalid('The selected business type is invalid.', 'business_type');
  const name = sized(body, 'legal_business_name', 4, 200);
  return insertAccount(world, email, {
    phone: phone(body),
    legal_business_name: name,
    customer_facing_business_name: textOrNull(body, 'customer_facing_business_name') ?? name,
    business_type: businessType,
    contact_name: sized(body, 'contact_name', 4, 255),
    reference_id: body.reference_id === undefined ? null : sized(body, 'reference_id', 3, 20),
    profile: object(body, 'profile'),
    legal_info: legalInfo(body),
    contact_info: object(body, 'contact_info'),
    apps: object(body, 'apps'),
    brand: object(body, 'brand'),
    notes: notes(body),
    internal: {
      activation: 'requested',
      stakeholder: null,
      product: null,
      cooling_until: world.clock.seconds() + COOLING_S,
    },
  });
}

/** Everything but the e-mail, the type and the kind of business. */
export function editAccount(world: World, id: string, body: Fields): Account {
  onlyFields(body, ...EDITABLE);
  const account = findAccount(world, id);
  const given = (name: (typeof EDITABLE)[number]): boolean => body[name] !== undefined;
  const edited: Account = { ...account };
  if (given('phone')) edited.phone = phone(body);
  if (given('legal_business_name')) edited.legal_business_name = sized(body, 'legal_business_name', 4, 200);
  if (given('customer_facing_business_name')) {
    edited.customer_facing_business_name = sized(body, 'customer_facing_business_name', 1, 255);
  }
  if (given('contact_name')) edited.contact_name = sized(body, 'contact_name', 4, 255);
  if (given('reference_id')) edited.reference_id = sized(body, 'reference_id', 3, 20);
  if (given('legal_info')) edited.legal_info = { ...account.legal_info, ...legalInfo(body) };
  if (given('notes')) edited.notes = notes(body);
  for (const name of ['profile', 'contact_info', 'apps', 'brand'] as const) {
    if (given(name)) edited[name] = { ...account[name], ...object(body, name) };
  }
  world.accounts.save(edited);
  return edited;
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
    internal: {
      activation: 'activated',
      stakeholder: { id: newId('sth'), name, email: key, details: {}, notes: {} },
      product: null,
      cooling_until: 0,
    },
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

/** What DELETE does as well: an account that money went through is never gone. No event tells of it. */
export function suspendAccount(world: World, id: string): Account {
  const account = findAccount(world, id);
  if (account.status === 'suspended') return account;
  const suspended: Account = { ...account, status: 'suspended', suspended_at: world.clock.seconds() };
  world.accounts.save(suspended);
  return suspended;
}

function sized(body: Fields, name: string, shortest: number, longest: number): string {
  const value = requiredText(body, name, 1_000);
  if (value.length < shortest || value.length > longest) {
    throw invalid(`The ${name.replaceAll('_', ' ')} must be between ${shortest} and ${longest} characters.`, name);
  }
  return value;
}

/** Also as a number, which the documentation calls it. */
function phone(body: Fields): string {
  const value = typeof body.phone === 'number' ? String(body.phone) : requiredText(body, 'phone');
  if (!/^\+?\d{8,15}$/.test(value)) throw invalid('The phone must be between 8 and 15 digits.', 'phone');
  return value;
}

function object(body: Fields, name: string): Record<string, unknown> {
  const value = body[name];
  if (value === undefined || value === null) return {};
  if (!isFields(value)) throw invalid(`The ${name} must be an array.`, name);
  return { ...value };
}

function legalInfo(body: Fields): Record<string, unknown> {
  const info = object(body, 'legal_info');
  checkPan(info, 'legal_info.pan');
  return info;
}

/** Five letters, four digits, a letter; the fourth letter says what kind of person it is. */
export function checkPan(fields: Fields, name: string): void {
  const pan = textOrNull(fields, 'pan');
  if (pan !== null && !/^[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]$/.test(pan)) {
    throw invalid('The pan format is invalid.', name);
  }
}
