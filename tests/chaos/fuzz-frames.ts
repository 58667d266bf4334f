/**
 * What a hostile or broken client writes to a socket: malformed messages of every kind, and frames that are none, or lie
 * about their length, or come in pieces that do not fit. Deterministic for a seed.
 */
import { int32, oneOf, type PRNG } from 'lib0/prng';
import { badMessage, type Known } from '#sync/testing/fuzz.ts';
import { updateMessage } from '#sync/wire/messages.ts';
import { Writer } from '#sync/wire/writer.ts';

const MASK = [0x1d, 0xe7, 0x42, 0x90] as const;
const [CONTINUED, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10] as const;
/** The largest message that the server takes. */
const MOST_BYTES = 4 * 1024 * 1024;

/** More than one message may have. */
const PIECES = 1_100;

interface FrameParts {
  /** False: more of this message follows. */
  readonly end?: boolean;
  /** Bits that no extension gave a meaning. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** What the head says, when it lies. */
  readonly length?: bigint;
}

/** A frame with whatever is said about it. */
export function frame(opcode: number, payload: Uint8Array, parts: FrameParts = {}): Buffer {
  const { end = true, reserved = 0, masked = true, length = BigInt(payload.length) } = parts;
  const bit = masked ? 0x80 : 0;
  const first = (end ? 0x80 : 0) | (reserved << 4) | opcode;
  let head: Buffer;
  if (length < 126n) head = Buffer.from([first, bit | Number(length)]);
  else if (length < 65_536n) {
    head = Buffer.from([first, bit | 126, 0, 0]);
    head.writeUInt16BE(Number(length), 2);
  } else {
    head = Buffer.from([first, bit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    head.writeBigUInt64BE(length, 2);
  }
  const body = masked ? Uint8Array.from(payload, (byte, i) => byte ^ (MASK[i & 3] ?? 0)) : payload;
  return Buffer.concat([head, masked ? Buffer.from(MASK) : Buffer.alloc(0), body]);
}

export interface Shot {
  readonly what: string;
  readonly bytes: Buffer;
  /** The server has no choice but to send away whoever says this. */
  readonly mustClose: boolean;
  /** It leaves a message open that later frames continue. */
  readonly opens: boolean;
}

type Kind = (
  random: PRNG,
  honest: readonly Uint8Array[],
  known: Known,
) => Omit<Shot, 'what' | 'opens'> & { readonly opens?: boolean };

const bytesOf = (random: PRNG, most: number): Uint8Array =>
  Uint8Array.from({ length: int32(random, 0, most) }, () => int32(random, 0, 255));
const closes = (...frames: readonly Buffer[]): { bytes: Buffer; mustClose: boolean } => ({
  bytes: Buffer.concat(frames),
  mustClose: true,
});
const perhaps = (...frames: readonly Buffer[]): { bytes: Buffer; mustClose: boolean } => ({
  bytes: Buffer.concat(frames),
  mustClose: false,
});

/** Cut into pieces, pings in between, as any client may send it. */
function inPieces(random: PRNG, message: Uint8Array): Buffer[] {
  const frames: Buffer[] = [];
  let at = 0;
  const pieces = int32(random, 2, 6);
  for (let i = 0; i < pieces; i += 1) {
    const to = i === pieces - 1 ? message.length : int32(random, at, message.length);
    frames.push(frame(i === 0 ? BINARY : CONTINUED, message.subarray(at, to), { end: i === pieces - 1 }));
    if (i < pieces - 1 && int32(random, 0, 3) === 0) frames.push(frame(PONG, bytesOf(random, 20)));
    at = to;
  }
  return frames;
}

const TOO_MANY_PIECES = Array.from({ length: PIECES }, (_, i) =>
  frame(i === 0 ? BINARY : CONTINUED, new Uint8Array(0), { end: false }),
);

/** Frames that no websocket server takes, whatever stands in them. */
const NO_FRAMES: Readonly<Record<string, Kind>> = {
  'reserved bits': (random, honest) =>
    closes(frame(BINARY, oneOf(random, [...honest]), { reserved: int32(random, 1, 7) })),
  'reserved opcode': (random) => closes(frame(oneOf(random, [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), bytesOf(random, 30))),
  'not masked': (random, honest) => closes(frame(BINARY, oneOf(random, [...honest]), { masked: false })),
  'large control': (random) => closes(frame(oneOf(random, [PING, PONG]), new Uint8Array(int32(random, 126, 300)))),
  'control in pieces': (random) => closes(frame(oneOf(random, [PING, CLOSE]), bytesOf(random, 20), { end: false })),
  'half a close code': () => closes(frame(CLOSE, Uint8Array.of(3))),
  'no close code': (random) => {
    const code = Buffer.alloc(2);
    code.writeUInt16BE(oneOf(random, [0, 999, 1004, 1005, 1006, 1015, 2_999, 5_000, 65_535]));
    return closes(frame(CLOSE, code));
  },
  'a reason that is no text': () => closes(frame(CLOSE, Uint8Array.of(3, 0xe8, 0xc3, 0x28, 0xff))),
  'a length beyond numbers': () => closes(frame(BINARY, new Uint8Array(9), { length: 2n ** 63n - 1n })),
  'a length beyond the limit': (random) =>
    closes(
      frame(oneOf(random, [BINARY, TEXT]), new Uint8Array(9), {
        length: BigInt(oneOf(random, [MOST_BYTES + 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1])),
      }),
    ),
};

const FRAMES: Readonly<Record<string, Kind>> = {
  ...NO_FRAMES,
  'continues nothing': (random, honest) => closes(frame(CONTINUED, oneOf(random, [...honest]))),
  'pieces beyond the limit': () =>
    closes(
      frame(BINARY, new Uint8Array(1_000), { end: false }),
      frame(CONTINUED, new Uint8Array(9), { length: BigInt(MOST_BYTES - 500) }),
    ),
  'another message between pieces': (random, honest) => {
    const [first, second] = [oneOf(random, [...honest]), oneOf(random, [...honest])];
    return closes(frame(BINARY, first.subarray(0, 1), { end: false }), frame(BINARY, second));
  },
  'a piece without an end': (random, honest) => {
    const message = oneOf(random, [...honest]);
    const piece = message.subarray(0, int32(random, 0, message.length));
    return { ...perhaps(frame(BINARY, piece, { end: false })), opens: true };
  },
  'in pieces': (random, honest, known) => perhaps(...inPieces(random, badMessage(random, honest, known))),
  'honest in pieces': (random, honest) => perhaps(...inPieces(random, oneOf(random, [...honest]))),
  'many empty pieces': (random, honest) => {
    const empty = Array.from({ length: int32(random, 1, 100) }, () =>
      frame(CONTINUED, new Uint8Array(0), { end: false }),
    );
    return perhaps(
      frame(BINARY, new Uint8Array(0), { end: false }),
      ...empty,
      frame(CONTINUED, oneOf(random, [...honest])),
    );
  },
  'too many pieces': () => closes(...TOO_MANY_PIECES),
  pings: (random) =>
    perhaps(
      ...Array.from({ length: int32(random, 1, 10) }, () => frame(oneOf(random, [PING, PONG]), bytesOf(random, 125))),
    ),
  text: (random, honest) =>
    closes(
      frame(
        TEXT,
        Buffer.from(oneOf(random, ['9007199254740991', '1000000000', '', '{"type":"sync"}', '\u0000\u0000', 'नमस्ते'])),
      ),
      ...(int32(random, 0, 1) === 0 ? [frame(BINARY, oneOf(random, [...honest]))] : []),
    ),
  'text that is none': (random) => closes(frame(TEXT, Uint8Array.from([0xff, ...bytesOf(random, 20), 0xc3]))),
  nothing: () => closes(frame(BINARY, new Uint8Array(0))),
};

/** Messages of which no byte more or less is right. */
const MESSAGES: Readonly<Record<string, Kind>> = {
  'cut short': (random, honest) => {
    const message = oneOf(random, [...honest]);
    return closes(frame(BINARY, message.subarray(0, int32(random, 0, message.length - 1))));
  },
  'bytes behind the end': (random, honest) =>
    closes(frame(BINARY, Buffer.concat([oneOf(random, [...honest]), Uint8Array.of(1), bytesOf(random, 20)]))),
  'unknown type': (random) =>
    closes(frame(BINARY, new Writer().varUint(oneOf(random, [2, 4, 9, 99, 100, 102, 127, 300, 2 ** 40])).finish())),
  'a number without end': (random) =>
    closes(frame(BINARY, Uint8Array.from([0, 2, ...new Array<number>(int32(random, 8, 40)).fill(0xff)]))),
  'a length that lies': (random) =>
    closes(
      frame(
        BINARY,
        new Writer()
          .varUint(0)
          .varUint(int32(random, 0, 2))
          .varUint(oneOf(random, [1_000, 2 ** 31, 2 ** 32, 2 ** 53 - 1]))
          .raw(bytesOf(random, 60))
          .finish(),
      ),
    ),
  'more structs than bytes': (random) =>
    closes(
      frame(
        BINARY,
        updateMessage(
          new Writer()
            .varUint(oneOf(random, [1, 2 ** 20, 2 ** 32, 2 ** 53 - 1]))
            .varUint(oneOf(random, [100, 2 ** 31]))
            .varUint(7)
            .varUint(0)
            .finish(),
        ),
      ),
    ),
};

const kindsOf = (kinds: Readonly<Record<string, Kind>>): readonly [string, Kind][] => Object.entries(kinds);
const OF_FRAMES = kindsOf(FRAMES);
const OF_MESSAGES = kindsOf(MESSAGES);

/**
 * The next thing that somebody says who means no good.
 * @param honest messages that are in order; one in fifteen goes out as it is.
 * @param open a message was begun and not ended, so that frames continue it.
 */
export function nextShot(random: PRNG, honest: readonly Uint8Array[], known: Known, open: boolean): Shot {
  const of = (what: string, kind: Kind): Shot => {
    const { opens = false, mustClose, ...shot } = kind(random, honest, known);
    return {
      what,
      ...shot,
      opens: opens || (open && !mustClose),
      mustClose: mustClose && (!open || what in NO_FRAMES),
    };
  };
  const turn = int32(random, 0, 14);
  if (turn === 0) return of('honest', () => perhaps(frame(BINARY, oneOf(random, [...honest]))));
  if (turn < 3) return of(...oneOf(random, [...OF_FRAMES]));
  if (turn < 5) return of(...oneOf(random, [...OF_MESSAGES]));
  return of('message', () => perhaps(frame(BINARY, badMessage(random, honest, known))));
}

/** None of the attackers' own pings begins like this and is as long. */
const NUMBERED = 0x6e7565;
const NUMBERED_BYTES = 8;

/** A ping with a number in it, whose answer comes when everything before it has been read. */
export function numberedPing(n: number): Buffer {
  const payload = Buffer.alloc(NUMBERED_BYTES);
  payload.writeUInt32BE(NUMBERED);
  payload.writeUInt32BE(n, 4);
  return frame(PING, payload);
}

/** The number in an answer to such a ping; null for another one's. */
export const numberOf = (payload: Buffer): number | null =>
  payload.length === NUMBERED_BYTES && payload.readUInt32BE() === NUMBERED ? payload.readUInt32BE(4) : null;
