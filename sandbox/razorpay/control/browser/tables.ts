/** Tables that are brought up to date in place: a row that did not change keeps its element, and focus stays where it was. */
import { make, type Child } from './dom.ts';
import type { Pull } from './server.ts';

export interface Action {
  readonly label: string;
  readonly tone?: 'primary' | 'loss';
  /** A lever, or a form that asks first. */
  readonly does: Pull | (() => void);
}

export interface Row {
  readonly key: string;
  /** All that the row shows, so that a change is seen. */
  readonly source: unknown;
  readonly cells: readonly (readonly Child[])[];
  readonly actions?: readonly Action[];
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly { readonly label: string; readonly numeric?: boolean }[];
  readonly rows: readonly Row[];
  readonly empty: string;
}

export type Run = (action: Action, button: HTMLButtonElement) => void;

export function actionButton(action: Action, run: Run): HTMLButtonElement {
  const button = make('button', { type: 'button', class: `button small ${action.tone ?? ''}`.trim() }, action.label);
  button.addEventListener('click', () => run(action, button));
  return button;
}

function drawRow(table: Table, row: Row, run: Run): HTMLTableRowElement {
  const cells = table.columns.map(({ label, numeric }, index) =>
    make('td', { 'data-label': label, ...(numeric ? { class: 'numeric' } : {}) }, ...(row.cells[index] ?? [])),
  );
  const actions = (row.actions ?? []).map((action) => actionButton(action, run));
  for (const button of actions) button.setAttribute('aria-label', `${button.textContent}: ${row.key}`);
  return make('tr', {}, ...cells, make('td', { class: 'actions' }, make('div', {}, ...actions)));
}

/** Keeps one table of the page; give it the state anew as often as you like. */
export function liveTable(host: Element, run: Run): (table: Table) => void {
  const drawn = new Map<string, { signature: string; element: HTMLTableRowElement }>();
  const body = make('tbody');
  const caption = make('caption', { class: 'visually-hidden' });
  const head = make('thead');
  const empty = make('p', { class: 'empty soft' });
  const element = make('table', {}, caption, head, body);
  host.replaceChildren(element, empty);

  return (table) => {
    caption.textContent = table.caption;
    if (head.childElementCount === 0) {
      const headings = table.columns.map(({ label, numeric }) =>
        make('th', { scope: 'col', ...(numeric ? { class: 'numeric' } : {}) }, label),
      );
      const last = make('th', { scope: 'col' }, make('span', { class: 'visually-hidden' }, 'Levers'));
      head.append(make('tr', {}, ...headings, last));
    }
    empty.textContent = table.empty;
    empty.hidden = table.rows.length > 0;
    element.hidden = table.rows.length === 0;
    const keys = new Set(table.rows.map(({ key }) => key));
    for (const [key, { element: gone }] of drawn) {
      if (keys.has(key)) continue;
      gone.remove();
      drawn.delete(key);
    }
    table.rows.forEach((row, index) => {
      const signature = JSON.stringify([row.source, row.actions?.map(({ label }) => label)]);
      const known = drawn.get(row.key);
      let current = known?.element;
      if (!current || known?.signature !== signature) {
        const fresh = drawRow(table, row, run);
        if (current) keepFocus(current, fresh);
        current = fresh;
        drawn.set(row.key, { signature, element: fresh });
      }
      if (body.children[index] !== current) body.insertBefore(current, body.children[index] ?? null);
    });
  };
}

/** Puts `fresh` in the place of `old`; whoever stood on a button stands on the same one, or on the first. */
function keepFocus(old: HTMLTableRowElement, fresh: HTMLTableRowElement): void {
  const focused = document.activeElement;
  const label = focused && old.contains(focused) ? focused.getAttribute('aria-label') : null;
  old.replaceWith(fresh);
  if (label === null) return;
  const buttons = [...fresh.querySelectorAll('button')];
  (buttons.find((button) => button.getAttribute('aria-label') === label) ?? buttons[0])?.focus();
}
