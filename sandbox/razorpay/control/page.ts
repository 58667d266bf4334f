/** The control page as HTML. Everything that comes from the provider is set by the script, as text. */

const TABS = [
  ['orders', 'Orders'],
  ['transfers', 'Transfers'],
  ['refunds', 'Refunds'],
  ['disputes', 'Disputes'],
  ['accounts', 'Accounts'],
  ['webhooks', 'Webhooks'],
  ['faults', 'Faults'],
] as const;
type Name = (typeof TABS)[number][0];

const tab = ([name, label]: (typeof TABS)[number]): string =>
  `<button type="button" role="tab" id="tab-${name}" data-name="${name}" aria-controls="panel-${name}" aria-selected="false" tabindex="-1">${label}</button>`;

const table = (id: string): string => `<div class="table" id="${id}-table"></div>`;

const panel = (name: Name, title: string, lead: string, rest: string, tools = ''): string =>
  `<section role="tabpanel" id="panel-${name}" aria-labelledby="tab-${name}" hidden>
    <div class="head"><div><h2>${title}</h2><p class="soft">${lead}</p></div>${tools === '' ? '' : `<div class="tools" id="${tools}"></div>`}</div>
    ${rest}
  </section>`;

const figure = (id: string, label: string): string =>
  `<div><dt>${label}</dt><dd class="figure" id="figure-${id}">&nbsp;</dd></div>`;

export const CONTROL_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
<meta name="robots" content="noindex" />
<title>Payment provider · Sandbox</title>
<link rel="icon" href="data:," />
<link rel="stylesheet" href="/sandbox/razorpay/assets/look/look.css" />
<link rel="stylesheet" href="/sandbox/razorpay/assets/control/browser/control.css" />
<script type="module" src="/sandbox/razorpay/assets/control/browser/control.ts"></script>
</head>
<body>
<header class="bar"><div class="column">
  <a href="/sandbox">Sandbox</a>
  <span class="tag now">Test mode</span>
  <p class="clock soft"><span class="visually-hidden">The provider’s clock: </span><span id="clock">&nbsp;</span></p>
</div></header>
<main class="column">
  <div class="title"><h1>Payment provider</h1>
  <p class="soft">What the provider knows, and the levers behind it. No real money moves.</p></div>
  <p class="problem trouble" id="trouble" role="alert" hidden></p>
  <dl class="figures">${figure('balance', 'Platform balance')}${figure('pending', 'Of it, to settle')}${figure('webhooks', 'Webhooks waiting')}${figure('faults', 'Faults in force')}</dl>
  <div role="tablist" aria-label="Parts of the provider" class="tabs">${TABS.map(tab).join('')}</div>
  <p id="loading"></p>
  ${panel('orders', 'Orders and payments', 'Pay an order without the checkout, let a payment fail, or let the bank say yes after all.', table('orders'))}
  ${panel('transfers', 'Transfers', 'Money on its way to tutors. Held money is theirs, but does not settle.', table('transfers'))}
  ${panel('refunds', 'Refunds', 'Processed at once, unless they are kept pending.', table('refunds'), 'refunds-tools')}
  ${panel('disputes', 'Disputes', 'What payers’ banks ask back, round by round. One is won only after evidence was submitted.', table('disputes'))}
  ${panel('accounts', 'Accounts and balances', 'The platform’s own and the tutors’ linked accounts.', `${table('accounts')}<h3>Settlements</h3>${table('settlements')}`, 'accounts-tools')}
  ${panel('webhooks', 'Webhooks', 'Sent to <code id="webhook-url"></code>; times here are the wall clock’s.', table('webhooks'), 'webhooks-tools')}
  ${panel('faults', 'Faults', 'What will go wrong next, and what the platform has called, by the wall clock.', `${table('faults')}<h3>Calls</h3>${table('calls')}`, 'faults-tools')}
  <button type="button" class="button" id="more" hidden>Show older ones</button>
</main>
<p class="toast" id="status" role="status" aria-live="polite"></p>
</body>
</html>
`;
