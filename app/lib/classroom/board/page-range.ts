/** Which pages of a file somebody wants: “1-5, 8”. Pure. */

/** Each page once, in the order in which they were written, from 1; null when that makes no sense. */
export function pagesIn(words: string, count: number): number[] | null {
  const found = new Set<number>();
  const parts = words.split(/[,;]/).map((part) => part.trim());
  for (const part of parts.filter((one) => one !== '')) {
    const range = /^(\d{1,5})(?:\s*[-–—]\s*(\d{1,5}))?$/.exec(part);
    if (!range) return null;
    const from = Number(range[1]);
    const to = Number(range[2] ?? range[1]);
    if (from < 1 || to > count || from > to) return null;
    for (let page = from; page <= to; page += 1) found.add(page);
  }
  return found.size === 0 ? null : [...found];
}

export const allPages = (count: number): string => (count === 1 ? '1' : `1-${count}`);
