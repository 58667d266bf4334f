/** The tokens' colours in a form that a canvas understands, and when they change. */
import { PENS } from '#sync/documents/board.ts';
import type { Palette } from '#sync/draw/item.ts';

/** `light-dark()` means nothing to a canvas, so an element computes it first. */
function computed(root: HTMLElement, colour: string): string {
  const probe = document.createElement('i');
  probe.hidden = true;
  probe.style.color = colour;
  root.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

export const readPalette = (root: HTMLElement): Palette => ({
  pens: PENS.map((pen) => computed(root, `var(--pen-${pen})`)),
  notes: PENS.map((pen) => computed(root, `color-mix(in oklab, var(--pen-${pen}) 18%, var(--board))`)),
  ground: null,
  dots: computed(root, 'var(--board-dot)'),
});

/** Calls back when the viewer changes between light and dark. Returns the way to stop. */
export function onThemeChange(onChange: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(onChange);
  system.addEventListener('change', onChange);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', onChange);
    chosen.disconnect();
  };
}
