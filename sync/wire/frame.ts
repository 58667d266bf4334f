/** One unmasked binary websocket frame (RFC 6455 §5.2), made once and written to every socket of a room. */
export function frameOf(payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x82;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(payload, head);
  return frame;
}

/** What `frameOf` was made of. */
export function payloadOf(frame: Uint8Array): Uint8Array {
  const size = frame[1] ?? 0;
  return frame.subarray(size < 126 ? 2 : size === 126 ? 4 : 10);
}

/** The same of several whole frames that stand one behind the other. */
export function* payloadsOf(frames: Buffer): Generator<Uint8Array> {
  for (let at = 0; at < frames.length;) {
    const size = frames[at + 1] ?? 0;
    const head = size < 126 ? 2 : size === 126 ? 4 : 10;
    const length =
      head === 2 ? size : head === 4 ? frames.readUInt16BE(at + 2) : Number(frames.readBigUInt64BE(at + 2));
    yield frames.subarray(at + head, at + head + length);
    at += head + length;
  }
}
