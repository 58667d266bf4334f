/**
 * What a fake camera and a fake microphone give: a picture that says when it was taken, and a voice without pauses.
 * Chromium reads them from files, over the same path as a real device's.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomOf } from '#platform/random/seeded.ts';

/** Frames are numbered from 0 to this and then from 0 again: two seconds, far longer than a picture is on its way. */
export const FRAMES = 64;
const [WIDTH, HEIGHT, RATE] = [640, 360, 30];
/** Columns of the time code: a white one, a black one, six bits, and one for their parity. */
export const COLUMNS = 9;
const [WHITE, BLACK, GREY] = [235, 16, 128];

const isWhite = (number: number, column: number): boolean => {
  if (column < 2) return column === 0;
  if (column < 8) return ((number >> (column - 2)) & 1) === 1;
  return [0, 1, 2, 3, 4, 5].filter((bit) => ((number >> bit) & 1) === 1).length % 2 === 1;
};

/** The upper half is the time code, the lower half is grey. */
function frame(number: number): Buffer {
  const luma = Buffer.alloc(WIDTH * HEIGHT, GREY);
  const line = Buffer.alloc(WIDTH);
  for (let x = 0; x < WIDTH; x += 1) line[x] = isWhite(number, Math.floor((x * COLUMNS) / WIDTH)) ? WHITE : BLACK;
  for (let y = 0; y < HEIGHT / 2; y += 1) line.copy(luma, y * WIDTH);
  return Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((WIDTH * HEIGHT) / 2, GREY)]);
}

const SAMPLES = 48_000;

/** Five seconds of something like speech: a buzz with overtones whose loudness and pitch wander, and never a pause. */
function voice(): Buffer {
  const random = randomOf(5);
  const count = SAMPLES * 5;
  const data = Buffer.alloc(count * 2);
  let [phase, pitch, loudness, [wantsPitch, wantsLoudness]] = [0, 150, 0.3, [150, 0.3]];
  for (let index = 0; index < count; index += 1) {
    // Syllables of an eighth of a second.
    if (index % (SAMPLES / 8) === 0) [wantsPitch, wantsLoudness] = [110 + 120 * random(), 0.25 + 0.4 * random()];
    pitch += (wantsPitch - pitch) / 2_000;
    loudness += (wantsLoudness - loudness) / 1_000;
    phase += (2 * Math.PI * pitch) / SAMPLES;
    let sum = 0;
    for (let overtone = 1; overtone <= 12; overtone += 1) sum += Math.sin(overtone * phase) / overtone;
    data.writeInt16LE(Math.round(loudness * sum * 12_000), index * 2);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(SAMPLES, 24);
  head.writeUInt32LE(SAMPLES * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

export interface FakeMedia {
  /** For `openBrowser`. */
  readonly browserOptions: readonly string[];
  remove(): void;
}

/** Files of 23 MB in a folder of their own. */
export function makeFakeMedia(): FakeMedia {
  const folder = mkdtempSync(join(tmpdir(), 'nexused-media-'));
  const [picture, sound] = [join(folder, 'time.y4m'), join(folder, 'voice.wav')];
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(picture, Buffer.concat([head, ...Array.from({ length: FRAMES }, (_, number) => frame(number))]));
  writeFileSync(sound, voice());
  return {
    browserOptions: [`--use-file-for-fake-video-capture=${picture}`, `--use-file-for-fake-audio-capture=${sound}`],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
