/** Camera and microphone of a test, each for itself. */

/** Why a device did not come; the words are in the messages. */
export type DeviceFinding = 'refused' | 'none' | 'busy' | 'insecure';

export type Taken =
  { readonly ok: true; readonly track: MediaStreamTrack } | { readonly ok: false; readonly finding: DeviceFinding };

export async function take(kind: 'camera' | 'microphone'): Promise<Taken> {
  if (typeof navigator.mediaDevices?.getUserMedia !== 'function') return { ok: false, finding: 'insecure' };
  try {
    const stream = await navigator.mediaDevices.getUserMedia(
      kind === 'camera' ? { video: { width: { ideal: 640 } } } : { audio: true },
    );
    const [track] = stream.getTracks();
    return track === undefined ? { ok: false, finding: 'none' } : { ok: true, track };
  } catch (error) {
    if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
    if (error.name === 'NotAllowedError' || error.name === 'SecurityError') return { ok: false, finding: 'refused' };
    if (error.name === 'NotFoundError' || error.name === 'OverconstrainedError') return { ok: false, finding: 'none' };
    return { ok: false, finding: 'busy' };
  }
}

/** Speech is louder than this, dB; a quiet room and a muted microphone are not. */
const HEARD_DB = -50;

/** Listens until something is heard, for `ms` at most, and tells how loud it is (0 to 1). */
export async function listen(track: MediaStreamTrack, ms: number, tell: (level: number) => void): Promise<boolean> {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  try {
    const end = performance.now() + ms;
    let heard = 0;
    while (performance.now() < end && heard < 3) {
      await new Promise((done) => setTimeout(done, 60));
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const decibels = 10 * Math.log10(power + 1e-9);
      if (decibels > HEARD_DB) heard += 1;
      tell(Math.min(1, Math.max(0, (decibels + 60) / 45)));
    }
    return heard >= 3;
  } finally {
    source.disconnect();
    await context.close();
    tell(0);
  }
}

/** What a lesson needs of the browser and this one has not; null when all is there. */
export function missingInBrowser(): 'insecure' | 'no-media' | null {
  if (!globalThis.isSecureContext) return 'insecure';
  const has =
    typeof RTCPeerConnection === 'function' &&
    typeof WebSocket === 'function' &&
    typeof AudioContext === 'function' &&
    typeof HTMLCanvasElement.prototype.captureStream === 'function' &&
    typeof navigator.mediaDevices?.getUserMedia === 'function';
  return has ? null : 'no-media';
}
