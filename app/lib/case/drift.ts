/** One side of a difference to the provider, in words. Pure. */
import { formatMoney } from '../ui/money.ts';

const full = (paise: string): string => formatMoney(Number(paise), { paise: 'always' });

/** `80000, fee 1900` → `₹800.00, fee ₹19.00`. Ids and instants stay as they are. */
export const driftWords = (side: string): string =>
  /\d{12}/.test(side) ? side : side.replaceAll(/(?<![\w.:-])-?\d+(?![\w.:-])/g, full);
