/** The form of a tutor's payout details: what was typed, as details, and what is wrong with each field. Pure. */
import type { PayoutDetails } from '#events/tutor/account.ts';
import { detailsProblem, PAN_LETTER, panKindProblem } from '#events/tutor/details.ts';

export const FIELDS = [
  'businessType',
  'legalName',
  'pan',
  'contactName',
  'email',
  'phone',
  'street',
  'city',
  'state',
  'postalCode',
  'beneficiary',
  'accountNumber',
  'accountNumberAgain',
  'ifsc',
] as const;

export type Field = (typeof FIELDS)[number];
export type Typed = Readonly<Record<Field, string>>;

/** What is wrong, by field: a stable code and plain words. */
export type FieldProblems = Readonly<Partial<Record<Field, { readonly code: string; readonly message: string }>>>;

/** Every field of the form, as `read` gives it. */
export function typedOf(read: (field: Field) => string): Typed {
  return {
    businessType: read('businessType'),
    legalName: read('legalName'),
    pan: read('pan'),
    contactName: read('contactName'),
    email: read('email'),
    phone: read('phone'),
    street: read('street'),
    city: read('city'),
    state: read('state'),
    postalCode: read('postalCode'),
    beneficiary: read('beneficiary'),
    accountNumber: read('accountNumber'),
    accountNumberAgain: read('accountNumberAgain'),
    ifsc: read('ifsc'),
  };
}

const isField = (name: string): name is Field => FIELDS.some((field) => field === name);
const isKind = (value: string): value is PayoutDetails['businessType'] =>
  value === 'individual' || value === 'partnership' || value === 'private_limited';

/** Forgives spaces and small letters where the real thing has none. */
function detailsOf(typed: Typed): PayoutDetails {
  const tight = (value: string): string => value.replaceAll(/[\s-]/g, '');
  return {
    legalName: typed.legalName,
    businessType: isKind(typed.businessType) ? typed.businessType : 'individual',
    contactName: typed.contactName,
    email: typed.email,
    phone: tight(typed.phone),
    pan: tight(typed.pan).toUpperCase(),
    address: { street: typed.street, city: typed.city, state: typed.state, postalCode: tight(typed.postalCode) },
    bank: {
      beneficiary: typed.beneficiary,
      accountNumber: tight(typed.accountNumber),
      ifsc: tight(typed.ifsc).toUpperCase(),
    },
  };
}

export const EMPTY: Typed = {
  businessType: 'individual',
  legalName: '',
  pan: '',
  contactName: '',
  email: '',
  phone: '',
  street: '',
  city: '',
  state: '',
  postalCode: '',
  beneficiary: '',
  accountNumber: '',
  accountNumberAgain: '',
  ifsc: '',
};

/** Details that nothing is wrong with. The rules name one problem at a time; beside these each field shows its own. */
const SOUND: Typed = {
  businessType: 'individual',
  legalName: 'Asha Menon',
  pan: 'ABCPM1234F',
  contactName: 'Asha Menon',
  email: 'asha@example.com',
  phone: '9876543210',
  street: '1 Main Road',
  city: 'Pune',
  state: 'Maharashtra',
  postalCode: '411001',
  beneficiary: 'Asha Menon',
  accountNumber: '123456789',
  accountNumberAgain: '123456789',
  ifsc: 'HDFC0001234',
};

/** Which field a refusal of the domain is about. */
const FIELD_OF: Readonly<Record<string, Field>> = {
  'legal-name-invalid': 'legalName',
  'business-type-invalid': 'businessType',
  'contact-invalid': 'contactName',
  'email-invalid': 'email',
  'phone-invalid': 'phone',
  'pan-invalid': 'pan',
  'pan-kind-invalid': 'pan',
  'address-invalid': 'street',
  'postal-code-invalid': 'postalCode',
  'beneficiary-invalid': 'beneficiary',
  'account-number-invalid': 'accountNumber',
  'ifsc-invalid': 'ifsc',
  'identity-fixed': 'legalName',
};

export const fieldOf = (code: string): Field | null => FIELD_OF[code] ?? null;

export type Checked =
  | { readonly kind: 'details'; readonly details: PayoutDetails }
  | { readonly kind: 'problems'; readonly problems: FieldProblems };

interface Words {
  readonly differs: string;
  /** The fourth letter of the PAN must be this one. */
  readonly panKind: (letter: string) => string;
}

export function checkDetails(typed: Typed, words: Words): Checked {
  const problems: Partial<Record<Field, { code: string; message: string }>> = {};
  for (const field of FIELDS) {
    const problem = detailsProblem(detailsOf({ ...SOUND, [field]: typed[field] }));
    if (problem) problems[field] = { code: problem.code, message: problem.message };
  }
  const details = detailsOf(typed);
  const another = panKindProblem(details);
  if (!problems.pan && another)
    problems.pan = { code: another.code, message: words.panKind(PAN_LETTER[details.businessType]) };
  if (!problems.accountNumber && typed.accountNumberAgain.replaceAll(/[\s-]/g, '') !== details.bank.accountNumber)
    problems.accountNumberAgain = { code: 'account-number-differs', message: words.differs };
  return Object.keys(problems).length > 0 ? { kind: 'problems', problems } : { kind: 'details', details };
}

/** The provider's names of what it wants corrected, as fields of the form. */
const PROVIDER_FIELDS: Readonly<Record<string, Field>> = {
  beneficiary_name: 'beneficiary',
  account_number: 'accountNumber',
  ifsc_code: 'ifsc',
  legal_business_name: 'legalName',
  name: 'contactName',
  contact_name: 'contactName',
  email: 'email',
  phone: 'phone',
  primary: 'phone',
  pan: 'pan',
  street1: 'street',
  street2: 'street',
  street: 'street',
  city: 'city',
  state: 'state',
  postal_code: 'postalCode',
  business_type: 'businessType',
};

/** `settlements.ifsc_code` → `ifsc`; null for what the form does not ask. */
export function formFieldOf(providerField: string): Field | null {
  const last = providerField.split('.').at(-1) ?? '';
  return PROVIDER_FIELDS[last] ?? (isField(last) ? last : null);
}

/** A provider's `some_field` or `SOME_REASON` as words. */
export function inWords(name: string): string {
  const plain = (name.split('.').at(-1) ?? name).replaceAll('_', ' ').trim();
  return /^[a-z ]+$/i.test(plain) && plain === plain.toUpperCase() ? plain.toLowerCase() : plain;
}
