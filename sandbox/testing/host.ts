/** A merchant's page with a strict CSP, and a plain pass-through of `/sandbox/*`, as the product has it. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';

export interface Host {
  readonly url: string;
  close(): Promise<void>;
}

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; connect-src 'self'";

const page = (theme: string | null): string => `<!doctype html>
<html lang="en"${theme ? ` data-theme="${theme}"` : ''}><head><meta charset="utf-8" /><title>Merchant</title>
<meta name="viewport" content="width=device-width, initial-scale=1" />
<script src="/sandbox/razorpay/checkout.js"></script><script src="/merchant.js" defer></script></head>
<body><h1>Booking</h1><p>Algebra with Meera</p><button id="pay">Pay</button><pre id="log"></pre></body></html>`;

const SCRIPT = `
const query = new URLSearchParams(location.search);
const log = (kind, detail) => { document.getElementById('log').textContent += JSON.stringify({ kind, detail }) + '\\n'; };
window.open_checkout = () => {
  const checkout = new Razorpay({
    key: query.get('key'), order_id: query.get('order_id'), name: 'NexusEd', description: 'Algebra with Meera Iyer, 60 min',
    prefill: { name: 'Asha Rao', email: 'asha@demo.test', contact: '+919900000000' },
    notes: { page: 'merchant' },
    timeout: Number(query.get('timeout')) || undefined,
    handler: (response) => log('paid', response),
    modal: { ondismiss: (reason) => log('dismissed', reason ?? null) },
  });
  checkout.on('payment.failed', ({ error }) => log('failed', error));
  checkout.open();
  return checkout;
};
document.getElementById('pay').addEventListener('click', () => window.open_checkout());
`;

export async function startHost(sandboxUrl: string): Promise<Host> {
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const forward = request(
      `${sandboxUrl}${incoming.url ?? ''}`,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(forward);
  };
  const server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url ?? '/', 'http://host').pathname;
    if (path.startsWith('/sandbox/')) return pass(incoming, outgoing);
    const query = new URL(incoming.url ?? '/', 'http://host').searchParams;
    const isScript = path === '/merchant.js';
    outgoing
      .writeHead(200, {
        'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8',
        'content-security-policy': POLICY,
      })
      .end(isScript ? SCRIPT : page(query.get('theme')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
