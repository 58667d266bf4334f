import { isText } from '../shared/check.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { PayoutDetails } from './account.ts';

const KINDS: readonly string[] = ['individual', 'partnership', 'private_limited'];

/** The fourth letter of a PAN says whose it is: a person's, a firm's, a company's. */
export const PAN_LETTER: Readonly<Record<PayoutDetails['businessType'], string>> = {
  individual: 'P',
  partnership: 'F',
  private_limited: 'C',
};

/** A well-formed PAN that is nobody's of this kind, or null (rule TU8). */
export function panKindProblem({ pan, businessType }: Pick<PayoutDetails, 'pan' | 'businessType'>): Refusal | null {
  const letter = PAN_LETTER[businessType];
  if (pan[3] === letter) return null;
  return refuse(
    'pan-kind-invalid',
    `The fourth letter of this PAN must be ${letter}: P is a person, F a partnership, C a company.`,
  );
}

/** Why an account cannot be opened with these details, or null (rule TU8). Shapes only: whether they are true, the provider finds out. */
export function detailsProblem(details: PayoutDetails): Refusal | null {
  const { legalName, businessType, contactName, email, phone, pan, address, bank } = details;
  if (!isText(legalName, 4, 200))
    return refuse('legal-name-invalid', 'Give the name on the PAN card, at least 4 letters.');
  if (!KINDS.includes(businessType))
    return refuse('business-type-invalid', 'Choose one of: individual, partnership, private limited company.');
  if (!isText(contactName, 4, 100)) return refuse('contact-invalid', 'Give a contact person, at least 4 letters.');
  if (email.length > 200 || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    return refuse('email-invalid', 'Give an e-mail address such as name@example.com.');
  if (!/^(\+91)?[6-9][0-9]{9}$/.test(phone))
    return refuse('phone-invalid', 'Give an Indian mobile number of ten digits, with or without +91 before it.');
  if (!/^[A-Z]{5}[0-9]{4}[A-Z]$/.test(pan))
    return refuse(
      'pan-invalid',
      'A PAN has five capital letters, four digits and a capital letter, such as ABCPE1234F.',
    );
  if (!isText(address.street, 3, 255) || !isText(address.city, 2, 100) || !isText(address.state, 2, 100))
    return refuse('address-invalid', 'Give street, city and state.');
  if (!/^[1-9][0-9]{5}$/.test(address.postalCode)) return refuse('postal-code-invalid', 'A PIN code has six digits.');
  if (!isText(bank.beneficiary, 3, 120))
    return refuse('beneficiary-invalid', 'Give the name that the bank account is in.');
  if (!/^[0-9]{9,18}$/.test(bank.accountNumber))
    return refuse('account-number-invalid', 'An account number has 9 to 18 digits.');
  if (!/^[A-Z]{4}0[A-Z0-9]{6}$/.test(bank.ifsc))
    return refuse(
      'ifsc-invalid',
      'An IFSC has four capital letters, a zero and six more characters, such as HDFC0001234.',
    );
  return null;
}
