/**
 * Takes devices back that the system took away: a phone call had the microphone, a headset was unplugged. Browsers that
 * want a tap first refuse here; then the person is asked for one.
 */
import type { LocalMedia } from './local-media.svelte.ts';

/** A device is often free again a moment after it was lost, ms. */
const SOON_MS = 400;

/** @returns stops trying. */
export function takeBack(local: LocalMedia): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const tryAll = (): void => {
    if (document.visibilityState !== 'visible') return;
    for (const kind of ['microphone', 'camera'] as const) if (local.problems[kind] === 'lost') void local.recover(kind);
  };
  // The call is over and the page is in front again; or the headset is back.
  document.addEventListener('visibilitychange', tryAll, { signal });
  navigator.mediaDevices?.addEventListener('devicechange', tryAll, { signal });
  let soon: ReturnType<typeof setTimeout> | undefined;
  const forget = local.onLost(() => {
    clearTimeout(soon);
    soon = setTimeout(tryAll, SOON_MS);
  });
  return () => {
    stop.abort();
    clearTimeout(soon);
    forget();
  };
}
