/** The checkout inside its frame: one state at a time, told to the page around it by messages of the same origin. */
import { BANKS, WALLETS } from '../instruments.ts';
import { clearProblems, forgetSecrets, prefill, prepareForms, readForm, showProblem, type Method } from './form.ts';
import { element, formatMoney, part, setText, setTrouble } from './page-parts.ts';
import {
  answerAtBank,
  begin,
  cancel,
  fetchOrder,
  fetchProgress,
  giveOtp,
  Refused,
  type Progress,
  type ShownOrder,
} from './server.ts';

type Json = Readonly<Record<string, unknown>>;
type State = 'choose' | 'otp' | 'bank' | 'wait' | 'failed' | 'succeeded' | 'closed';

const STATES: readonly State[] = ['choose', 'otp', 'bank', 'wait', 'failed', 'succeeded', 'closed'];
const POLL_MS = 400;
/** The tick is seen before the page goes on. */
const SUCCESS_MS = 900;
const NO_ANSWER = 'The payment service did not answer. Check your connection and try again.';

const framed = window.parent !== window;
let state: State = 'choose';
let order: ShownOrder | null = null;
let details: { email?: string; contact?: string; description?: string; notes?: Json } = {};
let escapes = true;
/** The attempt under way and how it is made. */
let attempt: { readonly id: string; readonly method: Method; readonly through: string } | null = null;
let closing = false;
let ended = false;

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function tell(type: string, payload?: unknown): void {
  if (framed) window.parent.postMessage({ type, payload }, location.origin);
}

function show(next: State): void {
  state = next;
  for (const name of STATES) element(`state-${name}`).hidden = name !== next;
  document.body.dataset.state = next;
  if (next === 'choose') return;
  const focus = next === 'otp' ? element('otp') : element(`state-${next}`).querySelector<HTMLElement>('h2');
  focus?.focus();
}

function startChoosing(): void {
  show('choose');
  document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
}

const amountText = (): string => (order ? formatMoney(order.amount, order.currency) : '');

function setBusy(busy: boolean): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('main button')) {
    if (button.dataset.action !== 'close') button.disabled = busy;
  }
  document.body.toggleAttribute('aria-busy', busy);
}

/** Runs one step at a time; a click while one is under way does nothing. */
async function step(work: () => Promise<Progress>, onRefusal: (refusal: Refused | null) => void): Promise<void> {
  setBusy(true);
  setTrouble(null);
  try {
    const progress = await work();
    setBusy(false);
    await follow(progress);
  } catch (error) {
    setBusy(false);
    onRefusal(error instanceof Refused ? error : null);
  }
}

async function follow(progress: Progress): Promise<void> {
  switch (progress.next) {
    case 'otp':
      part('otp', HTMLInputElement).value = '';
      return show('otp');
    case 'bank':
      setText('bank-title', `${attempt?.through ?? 'Your bank'} asks: pay ${amountText()}?`);
      return show('bank');
    case 'wait':
      showWait();
      return poll(progress.payment_id);
    case 'failed':
      return showFailure(progress);
    case 'succeeded':
      return succeed(progress);
  }
}

function showWait(): void {
  const upi = attempt?.method === 'upi';
  setText('wait-title', upi ? 'Waiting for your UPI app' : 'Waiting for the bank');
  setText(
    'wait-text',
    upi
      ? 'The test account answers by itself in a few seconds. In test mode, cancelling counts as paying, as at the real provider.'
      : 'This can take a few seconds. Please stay on this page.',
  );
  show('wait');
}

async function poll(id: string): Promise<void> {
  while (state === 'wait' && attempt?.id === id) {
    await pause(POLL_MS);
    const progress = await fetchProgress(id).catch(() => null);
    if (progress && progress.next !== 'wait' && state === 'wait') return follow(progress);
  }
}

function showFailure(progress: Progress): void {
  attempt = null;
  setText('failed-text', progress.error?.description ?? 'The payment did not go through.');
  setText('failed-code', progress.error?.reason ?? 'unknown');
  show('failed');
  tell('failed', progress.error);
}

async function succeed(progress: Progress): Promise<void> {
  attempt = null;
  ended = true;
  setText('succeeded-text', framed ? `${amountText()} paid. Taking you back.` : `${amountText()} paid.`);
  show('succeeded');
  await pause(SUCCESS_MS);
  tell('success', progress.success);
}

function pay(method: Method): void {
  clearProblems(method);
  const body = { ...readForm(method), ...details };
  const through = [...BANKS, ...WALLETS].find(({ code }) => code === readChoice(body))?.name ?? '';
  const onRefusal = (refusal: Refused | null) => {
    if (refusal) showProblem(method, refusal.message, refusal.field);
    else showProblem(method, NO_ANSWER, null);
  };
  void step(async () => {
    const progress = await begin(body);
    attempt = { id: progress.payment_id, method, through };
    return progress;
  }, onRefusal);
}

const readChoice = (body: Json): unknown => body.bank ?? body.wallet;

/** Leaving in the middle of an attempt ends that attempt first, so that nothing is left half paid. */
async function close(reason?: string): Promise<void> {
  if (ended || closing) return;
  if (attempt) {
    closing = true;
    const progress = await cancel(attempt.id).catch(() => null);
    closing = false;
    if (progress?.next === 'succeeded') return succeed(progress);
    if (progress?.next === 'failed') showFailure(progress);
  }
  if (ended) return;
  ended = true;
  tell('dismiss', reason);
  if (!framed) showClosed('Checkout closed', 'You can close this page.');
}

function showClosed(title: string, text: string): void {
  setText('closed-title', title);
  setText('closed-text', text);
  show('closed');
}

/** A seat may be kept for a day: hours and minutes while there are any, then minutes and seconds. */
function timeLeft(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}

function startCountdown(seconds: number): void {
  const end = Date.now() + seconds * 1000;
  const line = element('countdown');
  const timer = setInterval(() => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    line.hidden = false;
    line.textContent = `Time left ${timeLeft(left)}`;
    if (left > 0 && !ended) return;
    clearInterval(timer);
    if (!ended) void close('timeout');
  }, 1000);
}

function init(options: Json): void {
  const given = isRecord(options.prefill) ? options.prefill : {};
  details = {
    email: textOf(given.email),
    contact: textOf(given.contact),
    description: textOf(options.description),
    notes: isRecord(options.notes) ? options.notes : {},
  };
  escapes = options.escape !== false;
  if (options.theme === 'light' || options.theme === 'dark') document.documentElement.dataset.theme = options.theme;
  setText('merchant', textOf(options.name) || 'Test merchant');
  setText('description', textOf(options.description));
  setText('payer', [details.email, details.contact].filter(Boolean).join(' · '));
  prefill(given);
  if (typeof options.timeout === 'number' && options.timeout > 0) startCountdown(options.timeout);
}

function listen(): void {
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && escapes) void close();
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-action]')) {
    button.addEventListener('click', () => {
      if (button.dataset.action === 'close') return void close();
      if (button.dataset.action === 'retry') {
        forgetSecrets();
        startChoosing();
      } else if (attempt) {
        const { id } = attempt;
        void step(
          () => cancel(id),
          () => setTrouble(NO_ANSWER),
        );
      }
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-bank]')) {
    button.addEventListener('click', () => {
      const result = button.dataset.bank === 'success' ? 'success' : 'failure';
      const id = attempt?.id ?? '';
      void step(
        () => answerAtBank(id, result),
        (refusal) => setTrouble(refusal?.message ?? NO_ANSWER),
      );
    });
  }
  part('otp-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const id = attempt?.id ?? '';
    const otp = part('otp', HTMLInputElement).value;
    void step(
      () => giveOtp(id, otp),
      (refusal) => setTrouble(refusal?.message ?? NO_ANSWER),
    );
  });
}

async function loadOrder(): Promise<void> {
  try {
    order = await fetchOrder();
    setText('amount', amountText());
    for (const button of document.querySelectorAll('button.pay')) button.textContent = `Pay ${amountText()}`;
    if (order.status === 'paid') showClosed('Already paid', 'This order has been paid. Nothing more will be charged.');
    else show('choose');
  } catch (error) {
    const reason = error instanceof Refused ? error.message : NO_ANSWER;
    showClosed('This order cannot be paid', reason);
  }
}

function start(): void {
  prepareForms(pay);
  listen();
  if (framed) {
    document.body.classList.add('framed');
    addEventListener('message', (event: MessageEvent<unknown>) => {
      if (event.origin !== location.origin || event.source !== window.parent || !isRecord(event.data)) return;
      if (event.data.type === 'init' && isRecord(event.data.options)) init(event.data.options);
      if (event.data.type === 'close') void close();
    });
    tell('ready');
  } else {
    init({});
  }
  element('merchant').focus();
  void loadOrder();
}

start();
