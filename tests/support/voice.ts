/** A recording of somebody who speaks beside a fan, made up from a seed, and how loud it is on its way. */
import { writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

const RATE = 48_000;
/** One phrase and the pause after it, s. */
const PHRASE = 1.6;
const PAUSE = 1.6;

/** Numbers from −1 to 1, the same for the same seed. */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** One formant: a band that rings. */
function resonator(hertz: number, width: number): (sample: number) => number {
  const r = Math.exp((-Math.PI * width) / RATE);
  const [a, b] = [2 * r * Math.cos((2 * Math.PI * hertz) / RATE), -r * r];
  let [y1, y2] = [0, 0];
  return (sample) => {
    const y = (1 - r) * sample + a * y1 + b * y2;
    [y2, y1] = [y1, y];
    return y;
  };
}

/** First three formants of some vowels, Hz. */
const VOWELS = [
  [730, 1_090, 2_440],
  [270, 2_290, 3_010],
  [570, 840, 2_410],
  [530, 1_840, 2_480],
  [300, 870, 2_240],
] as const;
const SYLLABLE = 0.2;

/** Phrases of vowels on a gliding voice, with pauses; about as loud as `level` (rms, of 1) while there is a voice. */
function speech(seconds: number, level: number): Float32Array {
  const out = new Float32Array(seconds * RATE);
  let phase = 0;
  let bands = [resonator(500, 80)];
  let syllable = -1;
  let power = 0;
  let voiced = 0;
  for (let n = 0; n < out.length; n += 1) {
    const within = (n / RATE) % (PHRASE + PAUSE);
    if (within >= PHRASE) continue;
    const now = Math.floor(n / RATE / SYLLABLE);
    if (now !== syllable) {
      syllable = now;
      bands = (VOWELS[now % VOWELS.length] ?? VOWELS[0]).map((hertz, index) => resonator(hertz, 60 + index * 40));
    }
    const pitch = 125 + 25 * Math.sin((2 * Math.PI * within) / PHRASE) + 3 * Math.sin(2 * Math.PI * 5 * within);
    phase = (phase + pitch / RATE) % 1;
    // A pulse of the glottis is a slope that breaks off.
    const pulse = phase < 0.6 ? phase / 0.6 : -1;
    const inside = (within % SYLLABLE) / SYLLABLE;
    const swell = Math.min(1, inside / 0.15, (1 - inside) / 0.25);
    const sample = swell * bands.reduce((sum, band, index) => sum + band(pulse) / (index + 1), 0);
    out[n] = sample;
    power += sample * sample;
    voiced += 1;
  }
  const scale = level / Math.sqrt(power / Math.max(1, voiced));
  return out.map((sample) => sample * scale);
}

/** Air with a hum in it, `level` loud (rms, of 1). */
function fan(seconds: number, level: number, seed: number): Float32Array {
  const random = noise(seed);
  const out = new Float32Array(seconds * RATE);
  let [slow, mid] = [0, 0];
  let power = 0;
  for (let n = 0; n < out.length; n += 1) {
    const white = random();
    slow += 0.02 * (white - slow);
    mid += 0.25 * (white - mid);
    const hum = [100, 200, 300].reduce((sum, hertz) => sum + Math.sin((2 * Math.PI * hertz * n) / RATE), 0);
    const sample = 3 * slow + 0.5 * mid + 0.1 * hum;
    out[n] = sample;
    power += sample * sample;
  }
  const scale = level / Math.sqrt(power / out.length);
  return out.map((sample) => sample * scale);
}

/** Writes the recording as a WAV file, which a browser plays again and again as its microphone. */
export async function recordVoiceByFan(path: string, levels: { voice: number; fan: number }): Promise<void> {
  const seconds = 4 * (PHRASE + PAUSE);
  const [voice, air] = [speech(seconds, levels.voice), fan(seconds, levels.fan, 7)];
  const file = Buffer.alloc(44 + 2 * voice.length);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(2 * RATE, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * voice.length, 40);
  voice.forEach((sample, n) => {
    const sum = Math.max(-1, Math.min(1, sample + (air[n] ?? 0)));
    file.writeInt16LE(Math.round(sum * 32_767), 44 + 2 * n);
  });
  await writeFile(path, file);
}

export interface Loudness {
  /** Where somebody speaks, dB below the loudest that there is. */
  readonly voice: number;
  /** In the pauses. */
  readonly pause: number;
}

/** Of the sound that a page sends, over two phrases and their pauses. */
export const sentLoudness = (page: Page): Promise<Loudness> =>
  page.evaluate(async () => {
    const track = (window.peerConnections ?? [])
      .filter(({ connectionState }) => connectionState === 'connected')
      .flatMap((connection) => connection.getSenders())
      .find((sender) => sender.track?.kind === 'audio')?.track;
    if (!track) throw new Error('The page sends no sound');
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 4_096 });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const levels: number[] = [];
    const end = performance.now() + 7_000;
    while (performance.now() < end) {
      await new Promise((done) => setTimeout(done, 40));
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      levels.push(10 * Math.log10(power + 1e-10));
    }
    await context.close();
    levels.sort((a, b) => a - b);
    const at = (part: number): number => Math.round((levels[Math.floor(levels.length * part)] ?? 0) * 10) / 10;
    // Half of the time there is a voice: what lies in the middle of each half.
    return { pause: at(0.2), voice: at(0.75) };
  });
