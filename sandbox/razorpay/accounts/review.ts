/** What the provider finds when it looks at bank details. In test mode, magic values decide. */
export interface BankDetails {
  readonly account_number: string;
  readonly ifsc_code: string;
  readonly beneficiary_name: string;
}

export interface Doubt {
  readonly field_reference: string;
  readonly reason_code: string;
}

export type Verdict = { kind: 'activated' } | { kind: 'under_review' } | { kind: 'needs_clarification'; doubt: Doubt };

/** The first four letters of an IFSC name the bank. */
const BANKS = new Set(
  'AUBL BARB BKID CBIN CITI CNRB DBSS FDRL HDFC HSBC ICIC IDFB IDIB INDB IOBA KARB KKBK KVBL MAHB PSIB PUNB RATN SBIN SCBL SIBL UBIN UCBA UTIB YESB'.split(
    ' ',
  ),
);

/**
 * CLARIFY in the beneficiary's name, or an IFSC of an unknown bank, needs clarification; REVIEW in the name is never
 * decided by itself; everything else is activated.
 */
export function review(bank: BankDetails): Verdict {
  const name = bank.beneficiary_name.toUpperCase();
  const doubt = (field: keyof BankDetails, reason: string): Verdict => ({
    kind: 'needs_clarification',
    doubt: { field_reference: `settlements.${field}`, reason_code: reason },
  });
  if (!BANKS.has(bank.ifsc_code.slice(0, 4))) return doubt('ifsc_code', 'invalid_ifsc_code');
  if (name.includes('CLARIFY')) return doubt('beneficiary_name', 'beneficiary_name_mismatch');
  return name.includes('REVIEW') ? { kind: 'under_review' } : { kind: 'activated' };
}
