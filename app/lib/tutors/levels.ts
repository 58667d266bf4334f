/** Levels in a line: `Class 9`, `Class 10` → `class 9–10`; others are listed. */
export function levelsInWords(levels: readonly string[]): string {
  const classes: number[] = [];
  const others: string[] = [];
  for (const level of levels) {
    const found = /^class (\d+)$/i.exec(level.trim());
    if (found) classes.push(Number(found[1]));
    else others.push(level);
  }
  classes.sort((one, other) => one - other);
  const ranges: string[] = [];
  let start: number | undefined;
  classes.forEach((value, index) => {
    start ??= value;
    if (classes[index + 1] === value + 1) return;
    ranges.push(start === value ? String(value) : `${start}–${value}`);
    start = undefined;
  });
  return [...(ranges.length > 0 ? [`class ${ranges.join(', ')}`] : []), ...others].join(', ');
}
