/** The choice of a method and its form: tabs, test instruments, formatting, what was typed. */
import {
  BANKS,
  describeOutcome,
  digitsOf,
  groupDigits,
  TEST_CARDS,
  TEST_UPI,
  WALLETS,
  type Named,
  type TestCard,
} from '../instruments.ts';
import { element, part, say, setProblem } from './page-parts.ts';

const METHODS = ['card', 'upi', 'netbanking', 'wallet'] as const;
export type Method = (typeof METHODS)[number];

const isMethod = (value: unknown): value is Method => METHODS.some((method) => method === value);
const tab = (method: Method): HTMLButtonElement => part(`tab-${method}`, HTMLButtonElement);
const input = (id: string): HTMLInputElement => part(id, HTMLInputElement);

export function selectMethod(wanted: unknown): void {
  const chosen = isMethod(wanted) ? wanted : 'card';
  for (const method of METHODS) {
    const selected = method === chosen;
    tab(method).setAttribute('aria-selected', String(selected));
    tab(method).tabIndex = selected ? 0 : -1;
    element(`panel-${method}`).hidden = !selected;
  }
}

/** Arrow keys move between the tabs, as readers of tabs expect. */
function prepareTabs(): void {
  METHODS.forEach((method, index) => {
    const step: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    tab(method).addEventListener('click', () => selectMethod(method));
    tab(method).addEventListener('keydown', (event) => {
      const move = step[event.key];
      const next = event.key === 'Home' ? 0 : event.key === 'End' ? METHODS.length - 1 : index + (move ?? 0);
      if (next === index) return;
      event.preventDefault();
      const target = METHODS[(next + METHODS.length) % METHODS.length] ?? 'card';
      selectMethod(target);
      tab(target).focus();
    });
  });
}

function prepareChoices(method: 'netbanking' | 'wallet', choices: readonly Named[]): void {
  const rows = choices.map(({ code, name }) => {
    const label = document.createElement('label');
    const radio = document.createElement('input');
    radio.type = 'radio';
    radio.name = 'choice';
    radio.value = code;
    const words = document.createElement('span');
    words.textContent = name;
    label.append(radio, words);
    return label;
  });
  element(`${method}-choices`).append(...rows);
}

/** Filling moves on to the button that sends the form. */
function instrumentRow(title: string, outcome: string, succeeds: boolean, fill: () => void): HTMLLIElement {
  const row = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  const name = document.createElement('span');
  name.className = 'name';
  name.textContent = title;
  const ending = document.createElement('span');
  ending.className = succeeds ? 'outcome succeeds' : 'outcome';
  ending.textContent = outcome;
  button.append(name, ending);
  button.addEventListener('click', () => {
    fill();
    const place = button.closest('[role="tabpanel"], .state');
    place?.querySelector<HTMLButtonElement>('button[type="submit"]')?.focus();
    say(`Filled in ${title}. ${outcome}.`);
  });
  row.append(button);
  return row;
}

function cardRow(card: TestCard): HTMLLIElement {
  return instrumentRow(
    `${card.network} ${groupDigits(card.number)}`,
    describeOutcome(card.failure),
    card.failure === null,
    () => {
      input('card-number').value = groupDigits(card.number);
      input('card-expiry').value = `12 / ${String(new Date().getFullYear() + 5).slice(-2)}`;
      input('card-cvv').value = card.network === 'American Express' ? '1234' : '123';
      input('card-name').value = 'Test Payer';
      for (const id of ['card-number', 'card-expiry', 'card-cvv', 'card-name']) setProblem(id, null);
    },
  );
}

function prepareInstruments(): void {
  const shownFirst = new Set(['4100280000001007', '5500670000001002', '4100280000080001', '4100280000060003']);
  const first = TEST_CARDS.filter((card) => shownFirst.has(card.number));
  const others = TEST_CARDS.filter((card) => !shownFirst.has(card.number));
  element('card-instruments').append(...first.map(cardRow));
  const more = document.createElement('details');
  const title = document.createElement('summary');
  title.textContent = `${others.length} more test cards`;
  const list = document.createElement('ul');
  list.append(...others.map(cardRow));
  more.append(title, list);
  element('card-instruments').after(more);
  element('upi-instruments').append(
    ...TEST_UPI.map(({ vpa, failure }) =>
      instrumentRow(vpa, describeOutcome(failure), failure === null, () => {
        input('vpa').value = vpa;
        setProblem('vpa', null);
      }),
    ),
  );
}

function prepareOtps(): void {
  const rows: readonly (readonly [otp: string, right: boolean])[] = [
    ['1234', true],
    ['12', false],
  ];
  element('otp-instruments').append(
    ...rows.map(([otp, right]) =>
      instrumentRow(otp, right ? 'Right' : 'Wrong, too short', right, () => {
        input('otp').value = otp;
      }),
    ),
  );
}

/** Groups while typing at the end; leaves the caret alone when somebody corrects the middle. */
function prepareFormatting(): void {
  const format = (id: string, shape: (text: string) => string): void => {
    const field = input(id);
    field.addEventListener('input', (event) => {
      const deleting = event instanceof InputEvent && event.inputType.startsWith('delete');
      if (!deleting && field.selectionStart === field.value.length) field.value = shape(field.value);
    });
    field.addEventListener('blur', () => {
      field.value = shape(field.value);
    });
  };
  format('card-number', groupDigits);
  format('card-expiry', (text) => {
    const digits = digitsOf(text).slice(0, 4);
    return digits.length < 2 ? digits : `${digits.slice(0, 2)} / ${digits.slice(2)}`;
  });
}

const chosen = (method: Method): string =>
  element(`panel-${method}`).querySelector<HTMLInputElement>('input[type="radio"]:checked')?.value ?? '';

/** What goes to the server for this method. */
export function readForm(method: Method): Readonly<Record<string, unknown>> {
  switch (method) {
    case 'card':
      return {
        method,
        card: {
          number: input('card-number').value,
          expiry: input('card-expiry').value,
          cvv: input('card-cvv').value,
          name: input('card-name').value,
        },
      };
    case 'upi':
      return { method, vpa: input('vpa').value };
    case 'netbanking':
      return { method, bank: chosen(method) };
    case 'wallet':
      return { method, wallet: chosen(method) };
  }
}

const FIELDS: Readonly<Record<Method, readonly string[]>> = {
  card: ['card-number', 'card-expiry', 'card-cvv', 'card-name'],
  upi: ['vpa'],
  netbanking: ['netbanking'],
  wallet: ['wallet'],
};

/** Puts the server's sentence beside the field that it names, else beside the first, and moves there. */
export function showProblem(method: Method, problem: string, field: string | null): void {
  clearProblems(method);
  const wanted = field === 'bank' || field === 'wallet' ? method : (field ?? '').replace('.', '-');
  const id = FIELDS[method].find((name) => name === wanted) ?? FIELDS[method][0] ?? 'vpa';
  setProblem(id, problem);
  const target = document.getElementById(id) ?? element(`panel-${method}`).querySelector<HTMLElement>('input');
  target?.focus();
  say(problem);
}

export function clearProblems(method: Method): void {
  for (const id of FIELDS[method]) setProblem(id, null);
}

/** Empties what must be typed afresh after a failure. */
export function forgetSecrets(): void {
  input('card-cvv').value = '';
  input('otp').value = '';
}

export function prefill(values: Readonly<Record<string, unknown>>): void {
  if (typeof values.name === 'string') input('card-name').value = values.name;
  if (typeof values.vpa === 'string') input('vpa').value = values.vpa;
  selectMethod(values.method);
}

/** Builds the lists and calls `pay` when one of the forms is sent. */
export function prepareForms(pay: (method: Method) => void): void {
  prepareTabs();
  prepareChoices('netbanking', BANKS);
  prepareChoices('wallet', WALLETS);
  prepareInstruments();
  prepareOtps();
  prepareFormatting();
  for (const method of METHODS) {
    element(`panel-${method}`)
      .querySelector('form')
      ?.addEventListener('submit', (event) => {
        event.preventDefault();
        pay(method);
      });
  }
}
