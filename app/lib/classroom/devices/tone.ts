/** A sound to try a speaker with. */

const NOTES = [
  [523, 0],
  [659, 0.5],
] as const;
const LOUDNESS = 0.25;
const SECONDS = 1.3;

/**
 * Two friendly notes. Rejects where the speaker cannot be used.
 *
 * @param speaker its id; empty for the one that the system uses.
 */
export async function playSound(speaker = ''): Promise<void> {
  const context = new AudioContext();
  const player = new Audio();
  try {
    await context.resume();
    const out = new GainNode(context, { gain: 0 });
    if (speaker === '') out.connect(context.destination);
    else {
      // An element goes to a chosen speaker in every browser that knows speakers at all; a context does so in few.
      const stream = new MediaStreamAudioDestinationNode(context);
      out.connect(stream);
      await player.setSinkId(speaker);
      player.srcObject = stream.stream;
      await player.play();
    }
    const { currentTime: now } = context;
    const tone = new OscillatorNode(context);
    tone.connect(out);
    for (const [frequency, after] of NOTES) tone.frequency.setValueAtTime(frequency, now + after);
    out.gain.setTargetAtTime(LOUDNESS, now, 0.03);
    out.gain.setTargetAtTime(0, now + 1, 0.05);
    tone.start(now);
    tone.stop(now + SECONDS);
    await new Promise((done) => tone.addEventListener('ended', done, { once: true }));
  } finally {
    player.srcObject = null;
    await context.close();
  }
}
