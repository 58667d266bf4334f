/** What this browser knows of letters: their widths on a canvas. */
import { ROUGHLY, type Lettering } from '#sync/draw/words.ts';

/** Set at this size and scaled, so that each string is measured once. */
const BASE = 100;
const MOST = 5_000;

export function lettersOf(root: HTMLElement): Lettering {
  const family = getComputedStyle(root).fontFamily;
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return { ...ROUGHLY, family };
  context.font = `${BASE}px ${family}`;
  const widths = new Map<string, number>();
  return {
    family,
    measure(text, size) {
      let width = widths.get(text);
      if (width === undefined) {
        if (widths.size > MOST) widths.clear();
        widths.set(text, (width = context.measureText(text).width / BASE));
      }
      return width * size;
    },
    formula: () => null,
  };
}
