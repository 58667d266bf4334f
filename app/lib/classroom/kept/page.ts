/**
 * Puts the page of a classroom away, with the built files that it uses, so that the service worker can give it out without
 * a connection. One person's pages only are on a device: those of others go as soon as somebody else, or nobody, is
 * signed in.
 */
import { dev } from '$app/environment';
import { KEPT_CLASSROOMS, KEPT_UNTIL, codeOfPath } from './names.ts';
import { lessonsWithWork, tidyKept } from './store.ts';
import { tellSignedIn } from './who.ts';

/** A page is of use until so long after the end of its lesson, ms. */
export const PAGE_FOR_MS = 14 * 86_400_000;
/** Other tabs write what they have when they stop; wall ms. */
const STOP_MS = 400;
/** Lessons a person: each page is small, and few days have more. */
const MOST_PAGES = 6;
const HEADERS = [
  'content-type',
  'content-security-policy',
  'x-content-type-options',
  'referrer-policy',
  'permissions-policy',
];
const BUILT = /_app\/immutable\/[\w./-]+/g;

const canKeep = (): boolean => !dev && 'serviceWorker' in navigator && 'caches' in globalThis;
const complain = (error: unknown): void =>
  console.warn('The page could not be kept for a start without a connection:', error);

/** Wall ms at which the page that is shown was put away; null when it came from the server. */
export function keptAt(): number | null {
  if (typeof document === 'undefined') return null;
  const at = Number(document.documentElement.dataset['kept'] ?? Number.NaN);
  return Number.isFinite(at) ? at : null;
}

/** Paths of built files that this page has loaded, or that its source names. */
function builtFiles(html: string): string[] {
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
  const named = [...html.matchAll(BUILT)].map(([path]) => `/${path}`);
  return [...new Set([...loaded, ...named])].filter((path) => path.startsWith('/_app/immutable/'));
}

const pathsIn = async (cache: Cache): Promise<string[]> => (await cache.keys()).map(({ url }) => new URL(url).pathname);

/** A build has one entry: pages and files of an older one go together. */
async function cacheFor(personId: string, files: readonly string[]): Promise<Cache> {
  const name = `${KEPT_CLASSROOMS}${personId}`;
  const cache = await caches.open(name);
  const isEntry = (path: string): boolean => path.includes('/entry/start.');
  const older = (await pathsIn(cache)).some((path) => isEntry(path) && !files.includes(path));
  if (!older) return cache;
  await caches.delete(name);
  return caches.open(name);
}

/**
 * Puts the page that is open away as it is now. Call it when it has shown what it shows. Never rejects.
 *
 * @param until wall ms; afterwards it goes, unless something of its lesson is on this device alone.
 */
export async function keepPage(personId: string, until: number): Promise<void> {
  if (!canKeep()) return;
  const path = location.pathname;
  try {
    await navigator.serviceWorker.register('/service-worker.js');
    const answer = await fetch(path, { headers: { accept: 'text/html' } });
    if (!answer.ok || answer.redirected) return;
    const source = await answer.text();
    // Somebody else may have signed in meanwhile, in another tab.
    if (!source.includes(`me:{personId:"${personId}"`)) return;
    const files = builtFiles(source);
    const cache = await cacheFor(personId, files);
    // Built files first: a page without them would be an empty one.
    for (const file of files) if (!(await cache.match(file))) await cache.add(file);
    const headers = new Headers();
    for (const name of HEADERS) {
      const value = answer.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    headers.set(KEPT_UNTIL, String(until));
    const page = source.replace('<html ', `<html data-kept="${Date.now()}" `);
    await cache.delete(path);
    await cache.put(path, new Response(page, { headers }));
    const pages = (await pathsIn(cache)).filter((one) => one.startsWith('/lessons/'));
    for (const old of pages.slice(0, -MOST_PAGES)) await cache.delete(old);
  } catch (error) {
    complain(error);
  }
}

/** The lesson is over: its page needs no copy. */
export async function dropPage(personId: string): Promise<void> {
  if (!canKeep()) return;
  try {
    await (await caches.open(`${KEPT_CLASSROOMS}${personId}`)).delete(location.pathname);
  } catch (error) {
    complain(error);
  }
}

/** The page is not the kept one any more: the server has answered. */
export function forgetKept(): void {
  delete document.documentElement.dataset['kept'];
}

/**
 * What is on this device is for `personId` alone (null: nobody), who is signed in as the server has just said: tabs of others
 * stop. Never rejects.
 */
export async function keepOnlyFor(personId: string | null): Promise<void> {
  if (personId !== null) {
    tellSignedIn(personId);
    await new Promise((done) => setTimeout(done, STOP_MS));
  }
  await tidyKept(personId);
  await keepPagesOf(personId);
  if (personId !== null) await tidyPages(personId);
}

/** Pages of lessons that were over long ago go, unless something is still to be sent from them. Never rejects. */
async function tidyPages(personId: string): Promise<void> {
  if (!canKeep()) return;
  try {
    const name = `${KEPT_CLASSROOMS}${personId}`;
    if (!(await caches.has(name))) return;
    const cache = await caches.open(name);
    const wanted = await lessonsWithWork(personId);
    const pages = (await pathsIn(cache)).filter((path) => path.startsWith('/lessons/'));
    let left = 0;
    for (const path of pages) {
      const until = Number((await cache.match(path))?.headers.get(KEPT_UNTIL) ?? 0);
      if (until > Date.now() || wanted.has(codeOfPath(path))) left += 1;
      else await cache.delete(path);
    }
    // Built files are of no use without a page.
    if (left === 0) await caches.delete(name);
  } catch (error) {
    complain(error);
  }
}

/** Of everybody else, or with null of everybody, they go. Never rejects. */
export async function keepPagesOf(personId: string | null): Promise<void> {
  if (!canKeep()) return;
  try {
    const mine = personId === null ? null : `${KEPT_CLASSROOMS}${personId}`;
    for (const name of await caches.keys())
      if (name.startsWith(KEPT_CLASSROOMS) && name !== mine) await caches.delete(name);
  } catch (error) {
    complain(error);
  }
}
