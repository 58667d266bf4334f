/** Small parts of the page. Text from the provider is always set as text, never as markup. */
export type Child = Node | string | null;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A part that page.ts has written. A missing one is a mistake of ours and throws. */
export function part<T extends Element>(id: string, kind: abstract new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

const rupees = new Intl.NumberFormat('en-IN', { style: 'currency', currency: 'INR' });

/** Paise as rupees, with the paise written out. */
export const moneyText = (paise: number): string => rupees.format(paise / 100).replace('-', '−');

export const money = (paise: number): HTMLElement =>
  make('span', { class: paise < 0 ? 'money below' : 'money' }, moneyText(paise));

const shortTime = new Intl.DateTimeFormat('en-IN', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});
const longTime = new Intl.DateTimeFormat('en-IN', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
  timeZoneName: 'short',
});

export const timeText = (seconds: number): string => shortTime.format(seconds * 1000);
/** ms; with the zone, which every other time on the page shares. */
export const clockText = (ms: number): string => longTime.format(ms);

export const code = (text: string): HTMLElement => make('code', {}, text);
export const small = (...children: readonly Child[]): HTMLElement => make('small', {}, ...children);

const TONES: Readonly<Record<string, string>> = {
  paid: 'accent',
  captured: 'accent',
  processed: 'accent',
  settled: 'accent',
  won: 'accent',
  activated: 'accent',
  delivered: 'accent',
  attempted: 'now',
  authorized: 'now',
  created: '',
  pending: 'now',
  on_hold: 'now',
  open: 'now',
  under_review: 'now',
  needs_clarification: 'now',
  held: 'now',
  gathering: 'now',
  queued: 'now',
  failed: 'loss',
  lost: 'loss',
  suspended: 'loss',
  dropped: 'loss',
};

/** The provider's own word for a state, readable; colour only helps. */
export const tag = (state: string): HTMLElement =>
  make('span', { class: `tag ${TONES[state] ?? ''}`.trim() }, state.replaceAll('_', ' '));
