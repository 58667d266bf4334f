/** Finds the parts of the page that page.ts has written. A missing one is a mistake of ours and throws. */
export function part<T extends Element>(id: string, kind: abstract new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

export const element = (id: string): HTMLElement => part(id, HTMLElement);

export function setText(id: string, text: string): void {
  element(id).textContent = text;
}

/** Read out by a screen reader, seen by nobody. */
export function say(text: string): void {
  setText('spoken', text);
}

/** Something failed that belongs to no field; null takes it away. */
export function setTrouble(problem: string | null): void {
  setText('trouble', problem ?? '');
  element('trouble').hidden = problem === null;
}

/** Shows what is wrong with a field beside it; with null takes it away. */
export function setProblem(id: string, problem: string | null): void {
  const line = element(`${id}-problem`);
  line.textContent = problem ?? '';
  line.hidden = problem === null;
  const input = document.getElementById(id);
  if (!input) return;
  if (problem === null) input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
}

/** `paise` as rupees, with the paise written out. */
export function formatMoney(paise: number, currency: string): string {
  return new Intl.NumberFormat('en-IN', { style: 'currency', currency }).format(paise / 100);
}
