/** The files of the provider's pages, and the headers they go out with. */
import { readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import type { FastifyInstance } from 'fastify';
import { sendError } from '../api.server.ts';
import { unknownId } from '../errors.ts';
import { isFields } from '../input.ts';

export const BASE = '/sandbox/razorpay';

/** For every page: nothing from elsewhere, nothing inline, and framed by pages of its own origin only. */
export const PAGE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
} as const;

export interface Asset {
  readonly type: string;
  readonly body: string | Buffer;
}

const file = (path: string): URL => new URL(`../${path}`, import.meta.url);

/** The browser gets our TypeScript with its types blanked out: nothing to build, line numbers as in the source. */
export const script = (path: string): Asset => ({
  type: 'text/javascript; charset=utf-8',
  body: stripTypeScriptTypes(readFileSync(file(path), 'utf8')),
});
const style = (path: string): Asset => ({ type: 'text/css; charset=utf-8', body: readFileSync(file(path)) });
const font = (path: string | URL): Asset => ({ type: 'font/woff2', body: readFileSync(path) });

const SCRIPTS = [
  'checkout/browser/frame.ts',
  'checkout/browser/form.ts',
  'checkout/browser/server.ts',
  'checkout/browser/page-parts.ts',
  'checkout/instruments.ts',
  'checkout/failures.ts',
  'control/browser/actions.ts',
  'control/browser/control.ts',
  'control/browser/dom.ts',
  'control/browser/forms.ts',
  'control/browser/sections.ts',
  'control/browser/server.ts',
  'control/browser/tables.ts',
  'control/browser/traffic.ts',
];
const STYLES = ['look/look.css', 'checkout/browser/checkout.css', 'control/browser/control.css'];

function loadAssets(): ReadonlyMap<string, Asset> {
  const latin = createRequire(import.meta.url).resolve(
    '@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2',
  );
  return new Map<string, Asset>([
    ...SCRIPTS.map((path): [string, Asset] => [path, script(path)]),
    ...STYLES.map((path): [string, Asset] => [path, style(path)]),
    ['source-sans-3.woff2', font(latin)],
    ['source-sans-3-rupee.woff2', font(file('look/source-sans-3-rupee.woff2'))],
  ]);
}

/** The same paths as through the product's proxy. */
export async function registerAssets(app: FastifyInstance): Promise<void> {
  const assets = loadAssets();
  await app.register(async (pages) => {
    pages.setErrorHandler(sendError);
    pages.get(`${BASE}/assets/*`, (request, reply) => {
      const params = isFields(request.params) ? request.params : {};
      const asset = assets.get(String(params['*']));
      reply.header('cache-control', 'no-cache').header('x-content-type-options', 'nosniff');
      return asset ? reply.type(asset.type).send(asset.body) : reply.code(404).send('No such file');
    });
    pages.all(`${BASE}/*`, () => {
      throw unknownId();
    });
  });
}
