/** Money as people in India write it. Amounts are integer paise. */

export interface MoneyOptions {
  /** `auto` shows paise only when there are some; `always` where books are kept. */
  readonly paise?: 'auto' | 'always';
  /** Show a plus before gains too; a loss always has its minus. */
  readonly signed?: boolean;
}

const MINUS = '\u2212';

/** 12345678 → `12,34,56,78`: the last three digits, then pairs (lakh, crore). */
function grouped(rupees: number): string {
  const digits = String(rupees);
  const tail = digits.slice(-3);
  const head = digits.slice(0, -3);
  return head === '' ? tail : `${head.replace(/\B(?=(\d\d)+$)/g, ',')},${tail}`;
}

/** `paise` as rupees with Indian grouping: 80,000 → `₹800`, 80,050 → `₹800.50`. */
export function formatMoney(paise: number, options: MoneyOptions = {}): string {
  const whole = Math.abs(Math.round(paise));
  const rest = whole % 100;
  const decimals = rest !== 0 || options.paise === 'always' ? `.${String(rest).padStart(2, '0')}` : '';
  const sign = paise < 0 ? MINUS : options.signed && paise > 0 ? '+' : '';
  return `${sign}₹${grouped((whole - rest) / 100)}${decimals}`;
}
