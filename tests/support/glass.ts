/**
 * From glass to glass: when a camera took a picture, and when somebody else saw it. The pictures carry their number
 * (`fake-media.ts`), which is read from what the camera gives the one page and from what the other page shows.
 */
import type { Page } from 'playwright-core';
import { COLUMNS, FRAMES } from './fake-media.ts';

/** A numbered picture, and when it was there, ms since 1970. */
type Sighting = readonly [number: number, at: number];

declare global {
  interface Window {
    taken?: [number, number][];
    shown?: [number, number][];
  }
  /** Chromium's, which the types of browsers lack so far. */
  const MediaStreamTrackProcessor: new (options: { track: MediaStreamTrack }) => {
    readonly readable: ReadableStream<VideoFrame>;
  };
}

/** Before the page that sends is opened: keeps when its camera gave each picture. */
export const watchCamera = (page: Page): Promise<unknown> =>
  page.addInitScript((columns) => {
    const taken: [number, number][] = [];
    window.taken = taken;
    // Frames come with the time at which they were taken, on a clock of the camera's own; the page reads them when it has
    // time. The quickest reading so far says how the two clocks go together.
    let ahead = Number.POSITIVE_INFINITY;
    const read = async (track: MediaStreamTrack): Promise<void> => {
      const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
      for (;;) {
        const { value: frame, done } = await reader.read();
        if (done || frame === undefined) return;
        const { timestamp } = frame;
        ahead = Math.min(ahead, performance.timeOrigin + performance.now() - timestamp / 1_000);
        const { codedWidth, codedHeight } = frame;
        const bytes = new Uint8Array(frame.allocationSize());
        const [luma] = await frame.copyTo(bytes);
        frame.close();
        const row = (luma?.offset ?? 0) + Math.floor(codedHeight / 4) * (luma?.stride ?? codedWidth);
        const bits = Array.from(
          { length: columns },
          (_, column) => (bytes[row + Math.floor(((column + 0.5) * codedWidth) / columns)] ?? 0) > 128,
        );
        const number = bits.slice(2, 8).reduce((sum, bit, place) => sum + (bit ? 1 << place : 0), 0);
        if (bits[0] === true && bits[1] === false) taken.push([number, timestamp / 1_000 + ahead]);
      }
    };
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await real(constraints);
      for (const track of stream.getVideoTracks()) void read(track.clone());
      return stream;
    };
  }, COLUMNS);

/** Reads the numbers of what is shown of this person for so long. */
const watchShown = (page: Page, personId: string, ms: number): Promise<unknown> =>
  page.evaluate(
    async ([id, columns, forMs]) => {
      const seen: [number, number][] = [];
      window.shown = seen;
      const video = document.querySelector<HTMLVideoElement>(`video[data-person="${id}"]`);
      const canvas = new OffscreenCanvas(columns * 8, 8);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      if (video === null || context === null) throw new Error('They are not shown');
      let on = true;
      const look: VideoFrameRequestCallback = (now, { expectedDisplayTime }) => {
        if (!on) return;
        video.requestVideoFrameCallback(look);
        const at = performance.timeOrigin + Math.max(now, expectedDisplayTime);
        context.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 2, 0, 0, columns * 8, 8);
        const { data } = context.getImageData(0, 4, columns * 8, 1);
        const bits = Array.from({ length: columns }, (_, column) => (data[(column * 8 + 4) * 4 + 1] ?? 0) > 128);
        const code = bits.slice(2, 8);
        const odd = code.filter(Boolean).length % 2 === 1;
        if (bits[0] !== true || bits[1] !== false || odd !== bits[8]) return;
        seen.push([code.reduce((sum, bit, place) => sum + (bit ? 1 << place : 0), 0), at]);
      };
      video.requestVideoFrameCallback(look);
      await new Promise((resolve) => setTimeout(resolve, forMs));
      on = false;
    },
    [personId, COLUMNS, ms] as const,
  );

/** How long each picture took, ms. `taken` and `seen` in the order of time. Pure. */
export function delaysOf(taken: readonly Sighting[], seen: readonly Sighting[]): readonly number[] {
  const delays: number[] = [];
  for (const [number, at] of seen) {
    // The numbers come again and again: it is the last time before it was seen.
    const origin = taken.findLast(([same, then]) => same === number && then <= at);
    if (origin !== undefined) delays.push(at - origin[1]);
  }
  return delays;
}

/** @returns how long each picture that was seen within `ms` took from the camera to the screen, ms. */
export async function glassToGlass(from: Page, to: Page, personId: string, ms: number): Promise<readonly number[]> {
  await watchShown(to, personId, ms);
  const [taken, seen] = await Promise.all([
    from.evaluate(() => window.taken ?? []),
    to.evaluate(() => window.shown ?? []),
  ]);
  // A busy machine leaves pictures out; a camera without numbers has none or always the same.
  if (new Set(taken.map(([number]) => number)).size < FRAMES / 4)
    throw new Error('The camera does not give the numbered pictures');
  return delaysOf(taken, seen);
}
