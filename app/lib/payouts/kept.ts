/** What a tutor sent before, as their form may show it: PAN and account number by their ends alone. Pure. */
import type { PayoutDetails } from '#events/tutor/account.ts';
import type { Typed } from './details.ts';

export interface Kept {
  /** Filled into the form; its secret fields are empty. */
  readonly typed: Typed;
  /** The last four characters of each. */
  readonly panEnd: string;
  readonly accountEnd: string;
}

/** Safe to send to the tutor's own browser. */
export function keptOf(details: PayoutDetails): Kept {
  const { address, bank, pan, legalName, businessType, contactName, email, phone } = details;
  const { beneficiary, ifsc, accountNumber } = bank;
  const open = { legalName, businessType, contactName, email, phone, ...address, beneficiary, ifsc };
  return {
    typed: { ...open, pan: '', accountNumber: '', accountNumberAgain: '' },
    panEnd: pan.slice(-4),
    accountEnd: accountNumber.slice(-4),
  };
}

/** A secret field that is left empty means the one that was sent before. */
export function withKept(typed: Typed, before: PayoutDetails | null): Typed {
  if (!before) return typed;
  const blank = (value: string): boolean => value.trim() === '';
  const pan = blank(typed.pan) ? before.pan : typed.pan;
  if (!blank(typed.accountNumber) || !blank(typed.accountNumberAgain)) return { ...typed, pan };
  const { accountNumber } = before.bank;
  return { ...typed, pan, accountNumber, accountNumberAgain: accountNumber };
}
