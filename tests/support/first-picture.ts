/** How long a page takes from the click that joins until somebody else is seen. */
import type { Page } from 'playwright-core';

interface Marks {
  /** The media server has answered, be it before the click. */
  welcomed: boolean;
  clicked: number | null;
  readonly steps: [string, number][];
}

declare global {
  interface Window {
    firstPicture?: Marks;
  }
}

/** Before the page is opened. */
export const watchFirstPicture = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const marks: Marks = { welcomed: false, clicked: null, steps: [] };
    window.firstPicture = marks;
    const mark = (step: string): void => {
      if (marks.clicked !== null) marks.steps.push([step, Math.round(performance.now() - marks.clicked)]);
    };
    document.addEventListener(
      'click',
      ({ target }) => {
        if (!(target instanceof Element) || !/join lesson/i.test(target.closest('button')?.textContent ?? '')) return;
        marks.clicked = performance.now();
        marks.steps.length = 0;
      },
      true,
    );
    const seen = new WeakSet<Element>();
    const look = new MutationObserver((changes) => {
      for (const { target } of changes) {
        if (!(target instanceof HTMLVideoElement) || seen.has(target)) continue;
        if (Number(target.dataset['frames'] ?? 0) === 0) continue;
        seen.add(target);
        const own = target.closest('[data-self]') !== null || target.classList.contains('mirrored');
        mark(own ? 'own picture' : 'picture');
      }
    });
    look.observe(document, { subtree: true, attributes: true, attributeFilter: ['data-frames'] });
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        mark('peer connection');
        this.addEventListener('iceconnectionstatechange', () => mark(`ice ${this.iceConnectionState}`));
        this.addEventListener('connectionstatechange', () => mark(this.connectionState));
      }
    };
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        if (!String(url).includes('/signalling')) return;
        mark('socket');
        this.addEventListener('message', ({ data }) => {
          marks.welcomed ||= String(data).includes('welcome');
          mark(`heard ${String(data).slice(0, 24)}`);
        });
      }
      override send(data: string | Blob | BufferSource): void {
        if (this.url.includes('/signalling')) mark(`said ${String(data).slice(0, 24)}`);
        super.send(data);
      }
    };
  });

/** Whether the page has its way to the media server. */
export const hasItsWay = (page: Page): Promise<boolean> => page.evaluate(() => window.firstPicture?.welcomed === true);

/** ms from the click; null while nobody is seen yet. */
export const firstPictureOf = (page: Page): Promise<number | null> =>
  page.evaluate(() => window.firstPicture?.steps.find(([step]) => step === 'picture')?.[1] ?? null);

/** What happened since the click, and when (ms): to see where the time goes. */
export const stepsOf = (page: Page): Promise<readonly (readonly [string, number])[]> =>
  page.evaluate(() => window.firstPicture?.steps ?? []);
