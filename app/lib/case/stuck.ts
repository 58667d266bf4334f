/** What is stuck, in words. Pure. */
import type { Messages } from '../messages/index.ts';
import { formatMoney } from '../ui/money.ts';

type Words = Pick<Messages['cases'], 'stuck' | 'outcomes'>;

/** The words of a stuck row's code; a code that this page does not know stands as it is. */
export function stuckWords(what: string, m: Words): string {
  return m.stuck.what[what] ?? (what.startsWith('call-') ? m.stuck.call : what);
}

/** Its detail: an outcome in words, else what the row says itself, as a sentence. */
export function stuckDetail(detail: string, m: Words): string {
  const outcomes: Readonly<Record<string, string>> = m.outcomes;
  const words = (m.stuck.refundFor[detail] ?? outcomes[detail] ?? detail)
    .trim()
    .replaceAll(/, in paise: (\d+)/g, (_, paise: string) => `: ${formatMoney(Number(paise), { paise: 'always' })}`);
  if (words === '') return '';
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
