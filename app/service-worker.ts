/**
 * Lets a classroom that was open come back without a connection: answers for the page of a lesson and for built files, from
 * what the page itself has put away (lib/classroom/kept/page.ts), when the network gives no answer. Everything else, the
 * API above all, goes past it untouched.
 */
import { KEPT_CLASSROOMS, isClassroom } from './lib/classroom/kept/names.ts';

/** What is used of a service worker's global; the DOM's types are this program's, and the two sets exclude each other. */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
}
declare const self: Worker;

/** How long a page may take before the kept one is shown, ms. */
const PATIENCE_MS = 6_000;
const BUILT = '/_app/immutable/';

/** Of this form only: what an older one put away is of no use. */
async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('nexused-classroom') && !name.startsWith(KEPT_CLASSROOMS));
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(path: string): Promise<Response | undefined> {
  for (const name of await caches.keys()) {
    if (!name.startsWith(KEPT_CLASSROOMS)) continue;
    const found = await (await caches.open(name)).match(path);
    if (found) return found;
  }
  return undefined;
}

/** Behind a proxy a server that is away answers with one of these. */
const isAway = ({ status }: Response): boolean => status >= 502 && status <= 504;

async function page(request: Request, path: string): Promise<Response> {
  const answer = fetch(request).then(
    (response) => (isAway(response) ? null : response),
    () => null,
  );
  const late = new Promise<null>((done) => setTimeout(() => done(null), PATIENCE_MS));
  const first = await Promise.race([answer, late]);
  if (first) return first;
  // Nothing kept: whatever the network says in the end, the browser's own error among it.
  return (await kept(path)) ?? (await answer) ?? fetch(request);
}

async function built(request: Request): Promise<Response> {
  return (await kept(new URL(request.url).pathname)) ?? fetch(request);
}

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate' && isClassroom(pathname)) event.respondWith(page(request, pathname));
  else if (pathname.startsWith(BUILT)) event.respondWith(built(request));
});
