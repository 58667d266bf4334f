/**
 * A stronger filter for the noise round a voice than the browser's own: RNNoise in an audio worklet, loaded when it is first
 * wanted. It watches what it costs, and gives up where the device does not carry it.
 */
import { Judge, type Load } from './load.ts';
import timedUrl from './timed-processors.ts?worker&url';
import filterUrl from '@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js?url&no-inline';
import simdUrl from '@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm?url&no-inline';
import plainUrl from '@sapphi-red/web-noise-suppressor/rnnoise.wasm?url&no-inline';

/** The network it was trained for knows no other rate. */
const RATE = 48_000;
/** Reports come every second; without one for so long the audio thread stands still, ms. */
const SILENT_MS = 6_000;

export type FilterState =
  /** Not heard by anybody yet. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'on'; readonly track: MediaStreamTrack }
  /** The browser stopped the sound, as during a phone call; what is unfiltered goes on meanwhile. */
  | { readonly kind: 'asleep' }
  | { readonly kind: 'off'; readonly why: 'too-slow' | 'failed' };

export const canFilter = (): boolean =>
  typeof AudioWorkletNode === 'function' &&
  typeof WebAssembly === 'object' &&
  typeof MediaStreamAudioDestinationNode === 'function';

/**
 * Filters a microphone until the returned function is called. The given track stays whose it is, and is never ended here.
 *
 * @param tell each change of the state; after `off` there is none.
 */
export function filterNoise(microphone: MediaStreamTrack, tell: (state: FilterState) => void): () => void {
  const context = new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' });
  const judge = new Judge();
  const over = new AbortController();
  let node: { readonly port: MessagePort; destroy(): void; disconnect(): void } | null = null;
  let watch: ReturnType<typeof setTimeout> | undefined;
  let out: MediaStreamTrack | null = null;
  let carries = false;

  const stop = (): void => {
    if (over.signal.aborted) return;
    over.abort();
    clearTimeout(watch);
    node?.disconnect();
    node?.destroy();
    out?.stop();
    void context.close();
  };
  const giveUp = (why: 'too-slow' | 'failed'): void => {
    if (over.signal.aborted) return;
    stop();
    tell({ kind: 'off', why });
  };
  const look = (): void => {
    clearTimeout(watch);
    if (context.state !== 'running') return tell({ kind: carries ? 'asleep' : 'starting' });
    watch = setTimeout(() => giveUp('too-slow'), SILENT_MS);
    if (carries && out !== null) tell({ kind: 'on', track: out });
  };
  const wake = (): void => {
    if (context.state !== 'running') context.resume().catch(() => giveUp('failed'));
  };

  async function begin(): Promise<void> {
    const { RnnoiseWorkletNode, loadRnnoise } = await import('@sapphi-red/web-noise-suppressor');
    const [wasmBinary] = await Promise.all([
      loadRnnoise({ url: plainUrl, simdUrl }),
      // One after the other: the first one takes the time of the second.
      context.audioWorklet.addModule(timedUrl).then(() => context.audioWorklet.addModule(filterUrl)),
    ]);
    if (over.signal.aborted) return;
    const filter = new RnnoiseWorkletNode(context, { maxChannels: 1, wasmBinary });
    filter.channelCount = 1;
    filter.channelCountMode = 'explicit';
    node = filter;
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1, channelCountMode: 'explicit' });
    context
      .createMediaStreamSource(new MediaStream([microphone]))
      .connect(filter)
      .connect(destination);
    out = destination.stream.getAudioTracks()[0] ?? null;
    filter.addEventListener('processorerror', () => giveUp('failed'), { signal: over.signal });
    filter.port.addEventListener('message', ({ data }: MessageEvent<Load>) => {
      if (over.signal.aborted) return;
      const verdict = judge.take(data);
      if (verdict === 'too-slow') return giveUp('too-slow');
      if (verdict === 'dumb') return giveUp('failed');
      const first = verdict === 'carries' && !carries;
      carries = verdict === 'carries';
      clearTimeout(watch);
      watch = setTimeout(() => giveUp('too-slow'), SILENT_MS);
      if (first) look();
    });
    filter.port.start();
    context.addEventListener('statechange', look, { signal: over.signal });
    // A page that was not touched yet has no sound; and a phone call puts it to sleep.
    globalThis.addEventListener('pointerdown', wake, { signal: over.signal });
    globalThis.addEventListener('keydown', wake, { signal: over.signal });
    document.addEventListener('visibilitychange', wake, { signal: over.signal });
    wake();
    look();
  }

  tell({ kind: 'starting' });
  begin().catch((error: unknown) => {
    console.warn('The noise filter did not start:', error);
    giveUp('failed');
  });
  return stop;
}
