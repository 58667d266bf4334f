/** How loud a microphone is. */

/** Tells it, 0 to 1, fifteen times a second, until the returned function is called. */
export function measureLevel(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  if (typeof AudioContext === 'undefined') return () => undefined;
  const context = new AudioContext();
  // Before the first touch of the page browsers keep it asleep.
  const wake = (): void => void context.resume();
  globalThis.addEventListener('pointerdown', wake);
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let level = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    const decibels = 10 * Math.log10(sum / samples.length + 1e-9);
    // Speech lies between −55 and −15 dB; falling slowly reads better than flicker.
    level = Math.max(Math.min(1, Math.max(0, (decibels + 55) / 40)), level * 0.8);
    tell(level);
  }, 66);
  return () => {
    clearInterval(timer);
    globalThis.removeEventListener('pointerdown', wake);
    source.disconnect();
    void context.close();
    tell(0);
  };
}
