/** Levels in a line: `Grade 9–10`, `Grade 11–12` → `grade 9–12`; others are listed after them. */
export function levelsInWords(levels: readonly string[]): string {
  const grades = new Map<string, Set<number>>();
  const others: string[] = [];
  for (const level of levels) {
    const found = /^(class|grade) (\d{1,2})(?:[–-](\d{1,2}))?$/i.exec(level.trim());
    if (!found) {
      others.push(level);
      continue;
    }
    const word = (found[1] ?? '').toLowerCase();
    const known = grades.get(word) ?? new Set<number>();
    grades.set(word, known);
    const [first, last] = [Number(found[2]), Number(found[3] ?? found[2])];
    for (let grade = first; grade <= last; grade += 1) known.add(grade);
  }
  return [...[...grades].map(([word, known]) => `${word} ${rangesOf(known)}`), ...others].join(', ');
}

/** 8, 10, 11, 12 → `8, 10–12`. */
function rangesOf(values: ReadonlySet<number>): string {
  const sorted = [...values].toSorted((one, other) => one - other);
  const ranges: string[] = [];
  let start: number | undefined;
  sorted.forEach((value, index) => {
    start ??= value;
    if (sorted[index + 1] === value + 1) return;
    ranges.push(start === value ? String(value) : `${start}–${value}`);
    start = undefined;
  });
  return ranges.join(', ');
}
