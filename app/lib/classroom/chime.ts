/** Two short notes, for something that waits for an answer. Silent where the browser holds sound back. */
const NOTES = [660, 880] as const;
const NOTE_SECONDS = 0.14;
const LOUDNESS = 0.08;

export function chime(): void {
  if (typeof AudioContext === 'undefined') return;
  const context = new AudioContext();
  // A page that was not touched yet would keep the notes for the first touch, long after their moment.
  if (context.state === 'suspended') {
    void context.close();
    return;
  }
  for (const [index, frequency] of NOTES.entries()) {
    const from = context.currentTime + index * NOTE_SECONDS;
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.linearRampToValueAtTime(LOUDNESS, from + 0.02);
    gain.gain.linearRampToValueAtTime(0, from + NOTE_SECONDS);
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + NOTE_SECONDS);
    if (index === NOTES.length - 1) tone.onended = () => void context.close();
  }
}
