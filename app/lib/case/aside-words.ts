/** Calls and notices of a case as sentences. Pure. */
import type { Messages } from '../messages/index.ts';
import type { TimelineEntry } from '../ui/timeline.ts';
import type { CallItem, LetterItem } from './items.ts';

type Said = Pick<TimelineEntry, 'words' | 'detail' | 'amount' | 'tone'>;

export function asideWords(item: CallItem | LetterItem, m: Messages['caseStrip']): Said {
  if (item.kind === 'call') {
    const { kind, state, attempts, problem, amount } = item.call;
    const tries = attempts > 1 ? `${m.tries(attempts)}.` : '';
    const detail = [m.callStates[state], tries, state === 'confirmed' ? null : problem].filter(Boolean).join(' ');
    return {
      words: m.call(kind),
      detail,
      ...(amount !== null && { amount }),
      ...(state === 'rejected' ? { tone: 'loss' as const } : state === 'confirmed' ? {} : { tone: 'now' as const }),
    };
  }
  const { name, title, mail } = item.letter;
  return {
    words: m.letter(name ?? m.gone, title),
    detail: mail ? m.mailStates[mail.state] : m.noMail,
    ...(mail?.state === 'failed' && { tone: 'loss' as const }),
  };
}
