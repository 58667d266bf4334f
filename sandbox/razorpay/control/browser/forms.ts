/** Small forms in a dialog, for the levers that need to know more. */
import { make } from './dom.ts';
import { pull, Refused, type Pull } from './server.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  /** Money is given in rupees and handed on in paise. */
  readonly kind: 'money' | 'whole' | 'choice';
  readonly value: string;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly hint?: string;
}

export type Values = Readonly<Record<string, string | number>>;

export interface Form {
  readonly title: string;
  readonly lead: string;
  readonly fields: readonly Field[];
  readonly submit: string;
  readonly pull: (values: Values) => Pull;
}

/** Paise of an amount in rupees such as `1,250.50`; null when it is none. No float touches it. */
export function paiseOf(text: string): number | null {
  const found = /^([-−]?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text.replaceAll(/[,\s₹]/g, ''));
  if (!found) return null;
  const paise = Number(found[2]) * 100 + Number((found[3] ?? '').padEnd(2, '0'));
  return found[1] === '' ? paise : -paise;
}

function valueOf(field: Field, given: string): string | number {
  if (field.kind === 'choice') return given;
  if (field.kind === 'money') {
    const paise = paiseOf(given);
    if (paise === null) throw new Refused('Give an amount in rupees, such as 800 or 800.50.', field.name);
    return paise;
  }
  if (!/^\d{1,9}$/.test(given.trim())) throw new Refused('Give a whole number.', field.name);
  return Number(given);
}

function control(field: Field): HTMLInputElement | HTMLSelectElement {
  const id = `field-${field.name}`;
  const described = { 'aria-describedby': `${id}-hint ${id}-problem` };
  if (field.kind !== 'choice') {
    const input = make('input', {
      class: 'input',
      id,
      name: field.name,
      inputmode: 'decimal',
      autocomplete: 'off',
      ...described,
    });
    input.value = field.value;
    return input;
  }
  const options = (field.options ?? []).map(({ value, label }) => make('option', { value }, label));
  const select = make('select', { class: 'input', id, name: field.name, ...described }, ...options);
  select.value = field.value;
  return select;
}

/** Resolves when the lever has moved, or false when the form was closed without. */
export function askFor(form: Form): Promise<string | false> {
  const controls = form.fields.map((field) => ({ field, input: control(field) }));
  const trouble = make('p', { class: 'problem', role: 'alert' });
  const submit = make('button', { type: 'submit', class: 'button primary' }, form.submit);
  const cancel = make('button', { type: 'button', class: 'button' }, 'Cancel');
  const rows = controls.map(({ field, input }) =>
    make(
      'div',
      { class: 'field' },
      make('label', { for: input.id }, field.label),
      input,
      make('p', { class: 'hint soft', id: `${input.id}-hint` }, field.hint ?? ''),
      make('p', { class: 'problem', id: `${input.id}-problem` }),
    ),
  );
  const body = make(
    'form',
    { novalidate: '' },
    make('h2', { id: 'form-title' }, form.title),
    make('p', { class: 'soft' }, form.lead),
    ...rows,
    trouble,
    make('div', { class: 'buttons' }, submit, cancel),
  );
  const dialog = make('dialog', { 'aria-labelledby': 'form-title' }, body);
  document.body.append(dialog);

  const show = (problem: Refused | null): void => {
    const at = controls.find(({ field }) => field.name === problem?.field);
    trouble.textContent = problem && !at ? problem.message : '';
    for (const { input } of controls) {
      const mine = input === at?.input;
      const line = document.getElementById(`${input.id}-problem`);
      if (line) line.textContent = mine && problem ? problem.message : '';
      if (mine) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
    }
    at?.input.focus();
  };

  return new Promise((resolve) => {
    let done: string | false = false;
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(done);
    });
    cancel.addEventListener('click', () => dialog.close());
    body.addEventListener('submit', (event) => {
      event.preventDefault();
      submit.disabled = true;
      send()
        .then((said) => {
          done = said;
          dialog.close();
        })
        .catch((problem: unknown) => {
          show(problem instanceof Refused ? problem : new Refused('The sandbox does not answer.', null));
        })
        .finally(() => {
          submit.disabled = false;
        });
    });
    async function send(): Promise<string> {
      show(null);
      const values = Object.fromEntries(controls.map(({ field, input }) => [field.name, valueOf(field, input.value)]));
      const lever = form.pull(values);
      await pull(lever);
      return lever.done;
    }
    dialog.showModal();
  });
}
