/** The checkout's page as HTML. Its texts for the payer are set by the script, as text and never as markup. */

const ICONS = {
  card: '<rect width="20" height="14" x="2" y="5" rx="2"/><path d="M2 10h20"/>',
  upi: '<rect width="14" height="20" x="5" y="2" rx="2"/><path d="M12 18h.01"/>',
  netbanking:
    '<path d="M10 18v-7"/><path d="M11.12 2.198a2 2 0 0 1 1.76.006l7.866 3.847c.476.233.31.949-.22.949H3.474c-.53 0-.695-.716-.22-.949z"/><path d="M14 18v-7"/><path d="M18 18v-7"/><path d="M3 22h18"/><path d="M6 18v-7"/>',
  wallet:
    '<path d="M19 7V4a1 1 0 0 0-1-1H5a2 2 0 0 0 0 4h15a1 1 0 0 1 1 1v4h-3a2 2 0 0 0 0 4h3a1 1 0 0 0 1-1v-2a1 1 0 0 0-1-1"/><path d="M3 5v14a2 2 0 0 0 2 2h15a1 1 0 0 0 1-1v-4"/>',
  close: '<path d="M18 6 6 18"/><path d="m6 6 12 12"/>',
  flask:
    '<path d="M14 2v6a2 2 0 0 0 .245.96l5.51 10.08A2 2 0 0 1 18 22H6a2 2 0 0 1-1.755-2.96l5.51-10.08A2 2 0 0 0 10 8V2"/><path d="M6.453 15h11.094"/><path d="M8.5 2h7"/>',
  check: '<circle cx="12" cy="12" r="10"/><path d="m9 12 2 2 4-4"/>',
  alert: '<circle cx="12" cy="12" r="10"/><path d="M12 8v4"/><path d="M12 16h.01"/>',
} as const;

const icon = (name: keyof typeof ICONS): string =>
  `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${ICONS[name]}</svg>`;

const tab = (name: 'card' | 'upi' | 'netbanking' | 'wallet', label: string): string =>
  `<button type="button" role="tab" id="tab-${name}" aria-controls="panel-${name}" aria-selected="false" tabindex="-1" data-method="${name}">${icon(name)}<span>${label}</span></button>`;

const field = (id: string, label: string, input: string): string =>
  `<div class="field"><label for="${id}">${label}</label>${input}<p class="problem" id="${id}-problem" hidden></p></div>`;

const instruments = (id: string): string =>
  `<section class="instruments" aria-labelledby="${id}-title"><h3 id="${id}-title">Test instruments</h3><p class="soft">Fill the form with one click.</p><ul id="${id}"></ul></section>`;

const panel = (name: string, content: string): string =>
  `<div role="tabpanel" id="panel-${name}" aria-labelledby="tab-${name}" tabindex="-1" hidden>${content}</div>`;

const payButton = '<button type="submit" class="button primary wide big pay"></button>';

const cardPanel = panel(
  'card',
  `<form novalidate data-method="card"><h2>Card</h2>
    ${field('card-number', 'Card number', '<input class="input" id="card-number" name="number" inputmode="numeric" autocomplete="off" placeholder="0000 0000 0000 0000" maxlength="23" aria-describedby="card-number-problem" />')}
    <div class="pair">
      ${field('card-expiry', 'Expiry (MM / YY)', '<input class="input" id="card-expiry" name="expiry" inputmode="numeric" autocomplete="off" placeholder="MM / YY" maxlength="7" aria-describedby="card-expiry-problem" />')}
      ${field('card-cvv', 'CVV', '<input class="input" id="card-cvv" name="cvv" type="password" inputmode="numeric" autocomplete="off" maxlength="4" aria-describedby="card-cvv-problem" />')}
    </div>
    ${field('card-name', 'Name on the card', '<input class="input" id="card-name" name="name" autocomplete="off" maxlength="80" aria-describedby="card-name-problem" />')}
    ${payButton}</form>
  ${instruments('card-instruments')}`,
);

const upiPanel = panel(
  'upi',
  `<form novalidate data-method="upi"><h2>UPI</h2>
    ${field('vpa', 'UPI ID', '<input class="input" id="vpa" name="vpa" inputmode="email" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="name@bank" maxlength="100" aria-describedby="vpa-problem" />')}
    ${payButton}</form>
  ${instruments('upi-instruments')}`,
);

const choicePanel = (name: 'netbanking' | 'wallet', title: string, legend: string, help: string): string =>
  panel(
    name,
    `<form novalidate data-method="${name}"><h2>${title}</h2>
      <fieldset aria-describedby="${name}-problem"><legend class="visually-hidden">${legend}</legend><div class="choices" id="${name}-choices"></div></fieldset>
      <p class="problem" id="${name}-problem" hidden></p>
      ${payButton}</form>
    <p class="soft note">${help}</p>`,
  );

const state = (name: string, content: string): string =>
  `<section class="state" id="state-${name}" hidden>${content}</section>`;

const states = [
  state(
    'otp',
    `<form novalidate id="otp-form"><h2 tabindex="-1">Enter the OTP</h2>
      <p id="otp-hint" class="soft">No message was sent: this is a test. 4 to 10 digits are right, fewer are wrong.</p>
      ${field('otp', 'One-time password', '<input class="input otp" id="otp" name="otp" inputmode="numeric" autocomplete="off" maxlength="10" aria-describedby="otp-hint" />')}
      <button type="submit" class="button primary wide big">Confirm</button>
      <button type="button" class="button quiet wide" data-action="cancel">Cancel this payment</button></form>
      ${instruments('otp-instruments')}`,
  ),
  state(
    'bank',
    `<p class="tag now">Mock bank page</p><h2 tabindex="-1" id="bank-title"></h2>
      <p class="soft">Your bank would ask you to sign in here. Choose how this test ends.</p>
      <div class="stack"><button type="button" class="button primary wide big" data-bank="success">Success</button>
      <button type="button" class="button wide big" data-bank="failure">Failure</button></div>`,
  ),
  state(
    'wait',
    `<div class="spinner" aria-hidden="true"></div><h2 tabindex="-1" id="wait-title"></h2><p class="soft" id="wait-text"></p>
      <button type="button" class="button quiet" data-action="cancel" id="wait-cancel">Cancel</button>`,
  ),
  state(
    'failed',
    `<div class="mark loss">${icon('alert')}</div><h2 tabindex="-1">Payment failed</h2><p id="failed-text"></p>
      <p class="soft code">Code <code id="failed-code"></code></p>
      <button type="button" class="button primary wide big" data-action="retry">Try again</button>`,
  ),
  state(
    'succeeded',
    `<div class="mark accent">${icon('check')}</div><h2 tabindex="-1">Payment successful</h2>
      <p class="soft" id="succeeded-text"></p>`,
  ),
  state(
    'closed',
    `<div class="mark">${icon('alert')}</div><h2 tabindex="-1" id="closed-title"></h2><p class="soft" id="closed-text"></p>
      <button type="button" class="button wide" data-action="close">Close</button>`,
  ),
].join('\n');

/** Needs no data: the script fetches the order named in the address. */
export const CHECKOUT_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
<meta name="robots" content="noindex" />
<title>Checkout (test)</title>
<link rel="stylesheet" href="/sandbox/razorpay/assets/look/look.css" />
<link rel="stylesheet" href="/sandbox/razorpay/assets/checkout/browser/checkout.css" />
<script type="module" src="/sandbox/razorpay/assets/checkout/browser/frame.ts"></script>
</head>
<body>
<main class="sheet" aria-labelledby="merchant">
  <header class="summary">
    <button type="button" class="button quiet square close" data-action="close" aria-label="Close the checkout">${icon('close')}</button>
    <h1 class="merchant" id="merchant" tabindex="-1">&nbsp;</h1>
    <p class="soft" id="description"></p>
    <p class="amount"><span class="visually-hidden">Amount to pay </span><span id="amount">&nbsp;</span></p>
    <p class="soft payer" id="payer"></p>
    <p class="soft" id="countdown" hidden></p>
    <p class="mode">${icon('flask')}<span>Test payment — no real money moves</span></p>
  </header>
  <div class="work">
    <p class="problem trouble" id="trouble" role="alert" hidden></p>
    <div id="state-choose" hidden>
      <div role="tablist" aria-label="Payment method" class="tabs">
        ${tab('card', 'Cards')}${tab('upi', 'UPI')}${tab('netbanking', 'Netbanking')}${tab('wallet', 'Wallet')}
      </div>
      ${cardPanel}
      ${upiPanel}
      ${choicePanel('netbanking', 'Netbanking', 'Bank', 'The next page stands in for the bank: it asks whether the payment succeeds or fails.')}
      ${choicePanel('wallet', 'Wallet', 'Wallet', 'The next page stands in for the wallet: it asks whether the payment succeeds or fails.')}
    </div>
    ${states}
    <p class="visually-hidden" role="status" aria-live="polite" id="spoken"></p>
  </div>
</main>
</body>
</html>
`;
