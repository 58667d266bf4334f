import { createServer } from 'node:http';

export interface Received {
  readonly body: string;
  readonly signature: string;
  readonly eventId: string;
  readonly event: string;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** The status of the next answers; 200 once the list is used up. */
  readonly answers: number[];
  /** Waits until `found` is true of what has come. */
  until(found: (received: readonly Received[]) => boolean, ms?: number): Promise<void>;
  close(): Promise<void>;
}

/** Stands for the merchant's webhook endpoint. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({
        body,
        signature: String(request.headers['x-razorpay-signature']),
        eventId: String(request.headers['x-razorpay-event-id']),
        event: String(JSON.parse(body).event),
      });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/webhooks`,
    received,
    answers,
    async until(found, ms = 8_000) {
      const end = Date.now() + ms;
      while (!found(received)) {
        if (Date.now() > end) throw new Error(`still waiting; came: ${received.map(({ event }) => event).join(', ')}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
