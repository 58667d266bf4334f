/**
 * The browser's end of `/live`: one socket for all pages of a tab. It only says that something happened; the pages then
 * load the truth again. Signed in by the cookie of the same origin.
 */
import { goto, invalidate, invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';
import { io, type Socket } from 'socket.io-client';
import { CONVERSATIONS, LIVE } from './live-key.ts';
import { liveMessage, type LiveMessage } from './live-message.ts';
import type { Messages } from './messages/index.ts';
import { showToast } from './ui/toast.svelte.ts';

/** After the server itself closed the socket (it restarts, or the sign-in ended), wall ms. */
const RETRY_MS = 2_000;
/** Shorter breaks are not worth a word. */
const LOST_AFTER_MS = 4_000;
/** Messages this close together are one reload. */
const GATHER_MS = 150;

const state = $state({ lost: false, startedCodes: [] as string[] });

/** Has the socket been gone for so long that the page may be out of date? */
export const liveLost = (): boolean => state.lost;

/** Lessons whose tutor was heard to come in since the page was opened; the read models may take a moment to agree. */
export const startedCodes = (): readonly string[] => state.startedCodes;

function tell(message: LiveMessage, m: Messages['live']): void {
  switch (message.type) {
    case 'lesson-started': {
      const href = `/lessons/${message.code}`;
      state.startedCodes = [...state.startedCodes.filter((code) => code !== message.code), message.code];
      if (location.pathname !== href) {
        showToast({
          title: m.started(message.tutorName),
          body: m.startedBody(message.subject),
          tone: 'now',
          key: href,
          action: { label: m.join, run: () => void goto(href) },
        });
      }
      break;
    }
    case 'notice': {
      const { href } = message;
      // The start of a lesson comes as news too; it has been told, with the way in.
      if (state.startedCodes.some((code) => href === `/lessons/${code}`)) break;
      showToast({
        title: message.title,
        // The rest is on the page that it leads to.
        body: message.body.split(/(?<=\.) /)[0] ?? '',
        // One act may be several news, such as a cancellation and its refund: the last of them stands.
        ...(href === null ? {} : { key: href, action: { label: m.open, run: () => void goto(href) } }),
      });
      break;
    }
    case 'booking-changed':
      break;
    case 'conversation-changed':
      refresh(CONVERSATIONS);
      return;
  }
  refresh();
}

let refreshing: ReturnType<typeof setTimeout> | undefined;
/** What is asked for: loads by their key, or everything. */
let wanted: readonly string[] = [];

/** One act makes several events; the page loads once for all of them. With a key, only the loads that depend on it. */
export function refresh(what: 'all' | typeof LIVE | typeof CONVERSATIONS = 'all'): void {
  if (!wanted.includes(what)) wanted = [...wanted, what];
  clearTimeout(refreshing);
  refreshing = setTimeout(() => {
    // Loading again while a page change is under way would make kit drop that change.
    if (navigating.to !== null) {
      refresh(what);
      return;
    }
    const keys = wanted;
    wanted = [];
    if (keys.includes('all')) void invalidateAll();
    else for (const key of keys) void invalidate(key);
  }, GATHER_MS);
}

let users = 0;
let socket: Socket | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let lostTimer: ReturnType<typeof setTimeout> | undefined;

function again(): void {
  clearTimeout(retry);
  retry = setTimeout(() => socket?.connect(), RETRY_MS);
}

function noticeLoss(): void {
  lostTimer ??= setTimeout(() => (state.lost = true), LOST_AFTER_MS);
}

function open(words: Messages['live']): Socket {
  const opened = io({ path: '/live', transports: ['websocket'], reconnectionDelay: 500, reconnectionDelayMax: 5_000 });
  let wasConnected = false;
  opened.on('connect', () => {
    clearTimeout(lostTimer);
    lostTimer = undefined;
    state.lost = false;
    // Whatever was said before the socket stood was not heard.
    refresh(wasConnected ? 'all' : LIVE);
    wasConnected = true;
  });
  opened.on('push', (value: unknown) => {
    const message = liveMessage(value);
    if (message) tell(message, words);
  });
  opened.on('disconnect', (reason) => {
    noticeLoss();
    // socket.io does not come back by itself after the server closed on purpose, such as in a restart.
    if (reason === 'io server disconnect') again();
  });
  opened.on('connect_error', (error) => {
    if (error.message === 'not-signed-in') {
      opened.disconnect();
      // Signed out elsewhere: the guard of the page leads to sign-in.
      refresh();
      return;
    }
    noticeLoss();
    if (!opened.active) again();
  });
  return opened;
}

/** Opens the socket while at least one layout wants it; returns what ends it. Only in the browser. */
export function startLive(words: Messages['live']): () => void {
  users += 1;
  socket ??= open(words);
  return () => {
    users -= 1;
    if (users > 0) return;
    clearTimeout(retry);
    clearTimeout(refreshing);
    clearTimeout(lostTimer);
    lostTimer = undefined;
    state.lost = false;
    socket?.disconnect();
    socket = null;
  };
}
