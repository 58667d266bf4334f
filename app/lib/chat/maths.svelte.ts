/** What sets formulas is large, so it is fetched when the first one is to be seen. */
import type { Formula } from '#sync/draw/words.ts';
import { Formulas, type Setter } from './maths.ts';

const formulas = new Formulas();
let setter = $state.raw<Setter | null>(null);
let loading = false;

function load(): void {
  if (loading) return;
  loading = true;
  import('#sync/draw/tex.ts').then(
    ({ formulaOf }) => (setter = formulaOf),
    (error: unknown) => {
      console.error('Formulas cannot be shown:', error);
      loading = false;
    },
  );
}

/** A formula to draw; null while it cannot be drawn (yet): then its source is shown. Reactive. */
export function formulaFor(tex: string, display: boolean): Formula | null {
  if (setter) return formulas.of(tex, display, setter);
  load();
  return null;
}
