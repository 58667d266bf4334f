/** The reader went away; nobody needs to hear of it. */
class Left extends Error {}

interface Ending {
  /** Once, however it ends. */
  ended(): void;
  /** It failed after its first bytes were given out: whoever reads sees the stream fail. */
  failed(error: unknown): void;
}

/**
 * What `make` writes, as a stream that is made no faster than it is read. Resolves with its first bytes; what goes wrong
 * before them is thrown.
 */
export async function streamed(
  make: (write: (text: string) => Promise<void>) => Promise<unknown>,
  { ended, failed }: Ending,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  // Its rejection is that of the writes, which are awaited.
  writer.closed.catch(() => undefined);
  const first = Promise.withResolvers<void>();
  let begun = false;
  const write = async (text: string): Promise<void> => {
    begun = true;
    first.resolve();
    await writer.write(encoder.encode(text)).catch((error: unknown) => {
      throw new Left('nobody reads any more', { cause: error });
    });
  };
  make(write)
    .then(() => {
      first.resolve();
      return writer.close();
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
