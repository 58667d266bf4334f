/** Attachments for <video> and <audio>: a track in, frames counted, the size told. */
import type { Source } from '#sfu/signalling/protocol.ts';
import type { Attachment } from 'svelte/attachments';
import type { Watching } from './watching.ts';

/**
 * Plays a track. Browsers hold sound back until the person has touched the page; `onBlocked` says so, and the same
 * element plays when `play` is called again after a touch.
 */
export function plays(track: MediaStreamTrack | null, onBlocked?: () => void): Attachment<HTMLMediaElement> {
  return (element) => {
    if (track === null) return undefined;
    element.srcObject = new MediaStream([track]);
    element.play().catch((error: unknown) => {
      // AbortError: the element was taken away before it began.
      if (error instanceof DOMException && error.name === 'NotAllowedError') onBlocked?.();
    });
    return () => {
      element.srcObject = null;
    };
  };
}

/** Counts the frames that were really shown, in `data-frames`. */
export const countsFrames: Attachment<HTMLVideoElement> = (element) => {
  if (typeof element.requestVideoFrameCallback !== 'function') return undefined;
  let frames = 0;
  let handle = 0;
  const next = (): void => {
    frames += 1;
    element.dataset['frames'] = String(frames);
    handle = element.requestVideoFrameCallback(next);
  };
  handle = element.requestVideoFrameCallback(next);
  return () => element.cancelVideoFrameCallback(handle);
};

/** Tells the width in device pixels, and 0 while the element is off the screen. */
export function tellsWidth(tell: (width: number) => void): Attachment<HTMLElement> {
  return (element) => {
    let visible = true;
    let width = element.clientWidth;
    const say = (): void => tell(visible ? Math.round(width * devicePixelRatio) : 0);
    const size = new ResizeObserver(([entry]) => {
      width = entry?.contentRect.width ?? 0;
      say();
    });
    const sight = new IntersectionObserver(([entry]) => {
      visible = entry?.isIntersecting ?? true;
      say();
    });
    size.observe(element);
    sight.observe(element);
    return () => {
      size.disconnect();
      sight.disconnect();
    };
  };
}

/** This element shows that picture: it comes as large as the element is, and not at all once the element is gone. */
export function watched(watching: Watching, personId: string, source: Source): Attachment<HTMLElement> {
  return (element) => {
    const viewer = watching.viewer(personId, source);
    const stop = tellsWidth(viewer.see)(element);
    return () => {
      stop?.();
      viewer.leave();
    };
  };
}

/** Plays as loudly as `volume` (0 to 1) says. */
export function playsAt(volume: number): Attachment<HTMLMediaElement> {
  return (element) => {
    element.volume = volume;
  };
}

/** Plays on that speaker; empty for the system's own. One that is gone meanwhile is told by the list of devices. */
export function playsOn(speaker: string): Attachment<HTMLMediaElement> {
  return (element) => {
    if (typeof element.setSinkId !== 'function' || element.sinkId === speaker) return;
    element.setSinkId(speaker).catch((error: unknown) => {
      if (!(error instanceof DOMException)) throw error;
    });
  };
}

/** Tells the inner size in CSS pixels. */
export function tellsSize(tell: (size: { width: number; height: number }) => void): Attachment<HTMLElement> {
  return (element) => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) tell({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  };
}
