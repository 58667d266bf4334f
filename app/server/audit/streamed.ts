/** The reader went away; nobody needs to hear of it. */
class Left extends Error {}

interface Ending {
  /** Once, however it ends. */
  ended(): void;
  /** It failed after its first bytes were given out: whoever reads sees the stream fail. */
  failed(error: unknown): void;
}

/** A reader that takes nothing for so long has gone, or keeps a place that others wait for. Wall ms. */
const PATIENCE_MS = 60_000;
/** Given out at once, so that whoever reads slowly is seen to go on. */
const PIECE = 16 * 1024;

/**
 * What `make` writes, as a stream that is made no faster than it is read. Resolves with its first bytes; what goes wrong
 * before them is thrown. Fails for a reader that takes nothing for `patienceMs`.
 */
export async function streamed(
  make: (write: (text: string) => Promise<void>) => Promise<unknown>,
  { ended, failed }: Ending,
  patienceMs = PATIENCE_MS,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let giveUp: (why: Error) => void = () => undefined;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => void (giveUp = (why) => controller.error(why)),
  });
  const writer = writable.getWriter();
  // Its rejection is that of the writes, which are awaited.
  writer.closed.catch(() => undefined);
  const first = Promise.withResolvers<void>();
  let begun = false;
  /** Both ends fail when it takes too long; aborting would wait for the very write that nobody takes. */
  const taken = async (giving: Promise<void>): Promise<void> => {
    const timer = setTimeout(() => giveUp(new Error(`nothing was read for ${patienceMs} ms`)), patienceMs);
    try {
      await giving;
    } catch (error) {
      throw new Left('nobody reads any more', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  };
  const write = async (text: string): Promise<void> => {
    begun = true;
    first.resolve();
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length; at += PIECE) await taken(writer.write(bytes.subarray(at, at + PIECE)));
  };
  make(write)
    .then(() => {
      first.resolve();
      return taken(writer.close());
    })
    .catch(async (error: unknown) => {
      if (!begun) first.reject(error);
      else if (!(error instanceof Left)) failed(error);
      await writer.abort(error);
    })
    .catch(() => undefined) // the stream is over either way
    .finally(ended);
  await first.promise;
  return readable;
}
