/** Takes what is known of an erased person out of texts and plain data. Pure. */

export interface Traces {
  readonly personId: string;
  /** As others see it; empty when the account is gone already. */
  readonly name: string;
  readonly email: string;
  /** What they wrote, and what is known of them, as whole texts. */
  readonly words: ReadonlySet<string>;
}

/** What stands in a sentence where the name was. */
export const SOMEONE = 'someone who left';
export const ERASED = '[erased]';
/** Shorter texts are taken out only where they stand alone: "ok" stands in many a word. */
const LONG = 6;

/** In a sentence: the name as a word of its own, the address, and their longer texts. */
export function scrubText(text: string, { name, email, words }: Traces): string {
  let scrubbed = text;
  for (const word of [...words].sort((one, other) => other.length - one.length))
    if (word === scrubbed) return ERASED;
    else if (word.length >= LONG) scrubbed = scrubbed.replaceAll(word, ERASED);
  if (email !== '') scrubbed = scrubbed.replace(new RegExp(RegExp.escape(email), 'gi'), ERASED);
  if (name !== '') {
    const alone = new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(name)}(?![\\p{L}\\p{N}])`, 'gu');
    scrubbed = scrubbed.replace(alone, SOMEONE);
  }
  return scrubbed;
}

/** In all texts of some plain data; the same data where there was nothing to take out. */
export function scrubData(data: unknown, traces: Traces): unknown {
  if (typeof data === 'string') return scrubText(data, traces);
  if (Array.isArray(data)) {
    const parts = data.map((part: unknown) => scrubData(part, traces));
    return parts.some((part, index) => part !== data[index]) ? parts : data;
  }
  if (typeof data !== 'object' || data === null) return data;
  const entries = Object.entries(data).map(
    ([key, part]: [string, unknown]) => [key, scrubData(part, traces), part] as const,
  );
  if (entries.every(([, after, before]) => after === before)) return data;
  return Object.fromEntries(entries.map(([key, after]) => [key, after]));
}
