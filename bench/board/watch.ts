/**
 * What is put into a page to measure it, and the words with the page afterwards. A time is taken when the frame is made:
 * behind its animation callbacks, style, layout and paint, in the first task after them.
 */
import type { Page } from 'playwright-core';

export interface Frames {
  /** Between two animation frames, ms. */
  readonly deltas: readonly number[];
  /** Tasks longer than 50 ms: when each began, page ms, and how long it took. */
  readonly longTasks: readonly { readonly at: number; readonly ms: number }[];
}

interface Watcher {
  deltas: number[];
  longTasks: { at: number; ms: number }[];
  /** From a pointer event until its ink is on the own canvas: ms, and frames begun since. */
  local: { ms: number; frames: number }[];
  localMissing: number;
  /** Wall ms of each sample of the pointer, in order. */
  samples: number[];
  /** Wall ms at which each expected point had changed; 0 for not yet. */
  seen: number[];
  /** Messages of the board's document: page ms of arrival and bytes. */
  messages: { at: number; bytes: number }[];
  /** Rows of the canvas over time: page ms and a hash. */
  pictures: { at: number; hash: number }[];
  connectedAt: number;
  expect(points: readonly (readonly [number, number])[]): void;
  markSamples(on: boolean): void;
  takePictures(): void;
}

declare global {
  interface Window {
    boardBench: Watcher;
  }
}

/** Runs in the page, before anything of it. */
function watch(): void {
  const afterFrame = (then: () => void): void => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = then;
      port2.postMessage(0);
    });
  };
  const canvases = (): HTMLCanvasElement[] => [
    ...document.querySelectorAll<HTMLCanvasElement>('[data-strokes] .surface canvas'),
  ];
  const pixel = (canvas: HTMLCanvasElement, x: number, y: number): number => {
    const scale = canvas.width / Math.max(1, canvas.clientWidth);
    const { data } = canvas.getContext('2d')?.getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1) ?? {};
    return data ? ((data[0] ?? 0) * 256 + (data[1] ?? 0)) * 65_536 + (data[2] ?? 0) * 256 + (data[3] ?? 0) : 0;
  };
  let marking = false;
  const w: Watcher = {
    deltas: [],
    longTasks: [],
    local: [],
    localMissing: 0,
    samples: [],
    seen: [],
    messages: [],
    pictures: [],
    connectedAt: 0,
    expect(points) {
      w.seen = points.map(() => 0);
      const all = canvases();
      const at = (i: number): number => all.reduce((sum, canvas) => sum + pixel(canvas, ...(points[i] ?? [0, 0])), 0);
      const before = points.map((_, i) => at(i));
      let next = 0;
      const look = (): void => {
        while (next < points.length && at(next) !== before[next]) {
          w.seen[next] = performance.timeOrigin + performance.now();
          next += 1;
        }
        if (next < points.length) afterFrame(look);
      };
      look();
    },
    markSamples(on) {
      marking = on;
      if (on) w.samples = [];
    },
    takePictures() {
      const look = (): void => {
        const [base] = canvases();
        if (base && base.width > 0) {
          const context = base.getContext('2d');
          let hash = 0;
          for (let row = 1; row < 16; row += 1) {
            const { data } = context?.getImageData(0, Math.floor((base.height * row) / 16), base.width, 1) ?? {};
            // Whole pixels: reading them byte by byte took a tenth of what is measured.
            const pixels = new Uint32Array(data?.buffer ?? new ArrayBuffer(0));
            for (const one of pixels) hash = (hash * 31 + one) | 0;
          }
          if (w.pictures.at(-1)?.hash !== hash) w.pictures.push({ at: performance.now(), hash });
        }
        if (w.connectedAt === 0 && document.querySelector('[data-strokes][data-status="connected"]'))
          w.connectedAt = performance.now();
        if (w.pictures.length < 500) afterFrame(look);
      };
      look();
    },
  };
  window.boardBench = w;

  let last = 0;
  const frame = (at: number): void => {
    if (last > 0) w.deltas.push(at - last);
    last = at;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const { startTime: at, duration: ms } of list.getEntries()) w.longTasks.push({ at, ms });
  }).observe({ type: 'longtask', buffered: true });

  addEventListener(
    'pointermove',
    (event) => {
      if (!marking || event.buttons === 0) return;
      w.samples.push(performance.timeOrigin + event.timeStamp);
      const top = canvases().at(-1);
      const box = top?.getBoundingClientRect();
      if (!top || !box) return;
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      let frames = 0;
      const look = (): void => {
        frames += 1;
        if (pixel(top, x, y) !== 0) w.local.push({ ms: performance.now() - event.timeStamp, frames });
        else if (frames < 30) afterFrame(look);
        else w.localMissing += 1;
      };
      afterFrame(look);
    },
    { capture: true },
  );

  const Native = WebSocket;
  window.WebSocket = class extends Native {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      if (!decodeURIComponent(String(url)).includes('/board:')) return;
      this.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        const bytes = data instanceof ArrayBuffer ? data.byteLength : 0;
        if (w.messages.length < 2_000) w.messages.push({ at: performance.now(), bytes });
      });
    }
  };
}

/** Before the page is opened. */
export const watchPage = async (page: Page): Promise<void> => void (await page.addInitScript(watch));

/** Forgets what was counted so far. */
export const beginAnew = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const w = window.boardBench;
    w.deltas = [];
    w.longTasks = [];
    w.local = [];
    w.localMissing = 0;
  });

export const framesOf = (page: Page): Promise<Frames> =>
  page.evaluate(() => ({ deltas: window.boardBench.deltas, longTasks: window.boardBench.longTasks }));

export const localOf = (page: Page): Promise<{ local: { ms: number; frames: number }[]; missing: number }> =>
  page.evaluate(() => ({ local: window.boardBench.local, missing: window.boardBench.localMissing }));
