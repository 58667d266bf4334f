/** The control page: reads the provider's state every few seconds and offers its levers. */
import { faultForm, pendForm, webhookForm } from './actions.ts';
import { clockText, make, moneyText, part } from './dom.ts';
import {
  accountsTable,
  asking,
  disputesTable,
  ordersTable,
  refundsTable,
  settlementsTable,
  transfersTable,
  type Ask,
} from './sections.ts';
import { pull, readRoutes, readState, Refused, type Pull, type State } from './server.ts';
import { callsTable, faultsTable, webhooksTable } from './traffic.ts';
import { actionButton, liveTable, type Action, type Run, type Table } from './tables.ts';

const EVERY_MS = 3_000;
const STEP = 40;
const SAID_MS = 6_000;

let limit = STEP;
let known: State | null = null;
let routes: string[] = [];

const theme = /(?:^|; )theme=(light|dark)/.exec(document.cookie)?.[1];
if (theme) document.documentElement.dataset.theme = theme;

const status = part('status', HTMLElement);
const trouble = part('trouble', HTMLElement);

let silence: ReturnType<typeof setTimeout> | undefined;
/** Shown for a while, and read out. */
function say(text: string): void {
  status.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => {
    status.textContent = '';
  }, SAID_MS);
}

function setTrouble(text: string | null): void {
  trouble.textContent = text ?? '';
  trouble.hidden = text === null;
}

const run: Run = (action, button) => {
  if (typeof action.does === 'function') return action.does();
  void move(action.does, button);
};

async function move(lever: Pull, button: HTMLButtonElement): Promise<void> {
  // Not disabled: focus would be lost, and with it the place of whoever uses the keyboard.
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  try {
    await pull(lever);
    setTrouble(null);
    say(lever.done);
  } catch (problem) {
    setTrouble(
      problem instanceof Refused ? problem.message : 'The sandbox does not answer. It starts with the product.',
    );
    say('');
  } finally {
    button.removeAttribute('aria-busy');
  }
  await refresh();
}

const ask: Ask = asking((said) => {
  say(said);
  void refresh();
});

const TABLES: Readonly<Record<string, (state: State) => Table>> = {
  'orders-table': (state) => ordersTable(state, ask),
  'transfers-table': transfersTable,
  'refunds-table': refundsTable,
  'disputes-table': (state) => disputesTable(state, ask),
  'accounts-table': (state) => accountsTable(state, ask),
  'settlements-table': settlementsTable,
  'webhooks-table': webhooksTable,
  'faults-table': faultsTable,
  'calls-table': callsTable,
};
const draw = Object.entries(TABLES).map(([id, view]) => {
  const show = liveTable(part(id, HTMLElement), run);
  return (state: State): void => show(view(state));
});

const CLEAR: readonly Pull[] = [
  { method: 'DELETE', path: 'faults', done: 'Calls go through again.' },
  { method: 'DELETE', path: 'webhooks/faults', done: 'Nothing is disturbed any more.' },
];
const TOOLS: Readonly<Record<string, readonly Action[]>> = {
  'refunds-tools': [{ label: 'Keep the next pending…', does: () => ask(pendForm) }],
  'accounts-tools': [
    {
      label: 'Run a settlement',
      does: { path: 'settlements/run', done: 'All that is not on hold is settled.' },
    },
  ],
  'webhooks-tools': [
    { label: 'Disturb the next…', does: () => ask(webhookForm) },
    { label: 'Release what is held', does: { path: 'webhooks/release', done: 'What was held goes out.' } },
  ],
  'faults-tools': [
    { label: 'Disturb calls…', does: () => ask(faultForm(routes)) },
    { label: 'Disturb webhooks…', does: () => ask(webhookForm) },
    { label: 'Clear all', does: () => void clearAll() },
  ],
};
for (const [id, actions] of Object.entries(TOOLS)) {
  part(id, HTMLElement).append(
    ...actions.map((action) => {
      const button = actionButton(action, run);
      button.classList.remove('small');
      return button;
    }),
  );
}

async function clearAll(): Promise<void> {
  try {
    for (const lever of CLEAR) await pull(lever);
    say('Nothing is disturbed any more.');
  } catch {
    setTrouble('Not everything could be cleared: the sandbox does not answer.');
  }
  await refresh();
}

function showFigures(state: State): void {
  const waiting = ['queued', 'held', 'gathering'].reduce((sum, name) => sum + (state.counts.webhooks[name] ?? 0), 0);
  const { faults } = state;
  const inForce = faults.api.length + faults.webhooks.length + (faults.refundsToPend > 0 ? 1 : 0);
  const figures: readonly [string, string, string][] = [
    ['figure-balance', moneyText(state.balances.platform.balance), state.balances.platform.balance < 0 ? 'loss' : ''],
    ['figure-pending', moneyText(state.balances.platform.pending), ''],
    ['figure-webhooks', String(waiting), waiting > 0 ? 'now' : ''],
    ['figure-faults', String(inForce), inForce > 0 ? 'now' : ''],
  ];
  for (const [id, text, tone] of figures) {
    const figure = part(id, HTMLElement);
    figure.textContent = text;
    figure.className = `figure ${tone}`.trim();
  }
  part('clock', HTMLElement).textContent = clockText(state.clock.now);
  const url = part('webhook-url', HTMLElement);
  url.textContent = state.webhooks.url ?? 'nowhere yet; they wait for an address';
  part('more', HTMLButtonElement).hidden = !isLonger(state);
}

const isLonger = ({ counts }: State): boolean =>
  Object.entries(counts).some(([name, count]) => name !== 'webhooks' && Number(count) > limit);

let reading: Promise<void> | null = null;
let again = false;

/** One read at a time; one that is asked for meanwhile follows it. */
function refresh(): Promise<void> {
  if (reading) {
    again = true;
    return reading;
  }
  reading = readOnce().finally(() => {
    reading = null;
    if (!again) return;
    again = false;
    return refresh();
  });
  return reading;
}

async function readOnce(): Promise<void> {
  try {
    if (routes.length === 0) routes = await readRoutes();
    const before = known;
    known = await readState(limit);
    if (!before) part('loading', HTMLElement).remove();
    if (trouble.dataset.kind === 'silence') setTrouble(null);
    trouble.dataset.kind = '';
    showFigures(known);
    for (const show of draw) show(known);
  } catch (problem) {
    console.warn('The sandbox could not be read.', problem);
    trouble.dataset.kind = 'silence';
    setTrouble('The sandbox does not answer. It is tried again every few seconds.');
  }
}

/** Tabs as the keyboard expects them; the one that is open stands in the address. */
const tabs = [...document.querySelectorAll<HTMLButtonElement>('[role=tab]')];
function open(tab: HTMLButtonElement, { focus }: { focus: boolean }): void {
  for (const one of tabs) {
    const chosen = one === tab;
    one.setAttribute('aria-selected', String(chosen));
    one.tabIndex = chosen ? 0 : -1;
    part(one.getAttribute('aria-controls') ?? '', HTMLElement).hidden = !chosen;
  }
  if (focus) tab.focus();
  tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  history.replaceState(null, '', `#${tab.dataset.name ?? ''}`);
}
tabs.forEach((tab, index) => {
  tab.addEventListener('click', () => open(tab, { focus: false }));
  tab.addEventListener('keydown', (event) => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 };
    const to = steps[event.key];
    const next = to === undefined ? undefined : tabs.at(to % tabs.length);
    if (!next) return;
    event.preventDefault();
    open(next, { focus: true });
  });
});
const named = tabs.find(({ dataset }) => dataset.name === location.hash.slice(1)) ?? tabs[0];
if (named) open(named, { focus: false });

part('more', HTMLButtonElement).addEventListener('click', () => {
  limit += STEP;
  void refresh();
});
part('loading', HTMLElement).replaceChildren(make('span', { class: 'soft' }, 'Reading the provider…'));
void refresh();
setInterval(() => {
  if (!document.hidden) void refresh();
}, EVERY_MS);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void refresh();
});
