/**
 * The viewer's zone and the business clock, for everything that shows a time. The server renders in the zone of the
 * cookie; the browser corrects it once it is awake. The clock starts at the server's business time and ticks.
 */
import { getContext, setContext } from 'svelte';

const KEY = Symbol('viewer');

export class Viewer {
  /** IANA name. */
  zone: string = $state('UTC');
  /** Business time, ms; moves by the second once the page is awake. */
  now: number = $state(0);

  constructor(zone: string, now: number) {
    this.zone = zone;
    this.now = now;
  }
}

/** For the root layout. */
export function provideViewer(zone: string, now: number): Viewer {
  return setContext(KEY, new Viewer(zone, now));
}

export function useViewer(): Viewer {
  const viewer: unknown = getContext(KEY);
  return viewer instanceof Viewer ? viewer : new Viewer('UTC', 0);
}

const YEAR_S = 365 * 24 * 3600;

function writeCookie(name: string, value: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

function readCookie(name: string): string | null {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found === undefined ? null : decodeURIComponent(found.slice(name.length + 1));
}

/** Remembers the browser's own zone for the next page, unless the viewer chose another. */
export function followBrowserZone(viewer: Viewer): void {
  if (readCookie('zone-chosen') === '1') return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (readCookie('zone') !== zone) writeCookie('zone', zone);
  viewer.zone = zone;
}

export function chooseZone(viewer: Viewer, zone: string): void {
  writeCookie('zone', zone);
  writeCookie('zone-chosen', '1');
  viewer.zone = zone;
}

/** Back to the zone of the device. */
export function forgetZone(viewer: Viewer): void {
  document.cookie = 'zone-chosen=; path=/; max-age=0; samesite=lax';
  followBrowserZone(viewer);
}

export type Theme = 'system' | 'light' | 'dark';

export function currentTheme(): Theme {
  const theme = readCookie('theme');
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') {
    document.cookie = 'theme=; path=/; max-age=0; samesite=lax';
    delete document.documentElement.dataset.theme;
  } else {
    writeCookie('theme', theme);
    document.documentElement.dataset.theme = theme;
  }
}
