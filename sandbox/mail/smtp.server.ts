import type { Readable } from 'node:stream';
import { SMTPServer } from 'smtp-server';
import type { Mailbox } from './mailbox.server.ts';

const LARGEST_MAIL = 10 * 1024 * 1024;

export interface Smtp {
  readonly port: number;
  close(): Promise<void>;
}

/** A mail server on loopback that takes everything for everybody. Its 250 means that the mail is stored. */
export async function startSmtp(mailbox: Mailbox): Promise<Smtp> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: LARGEST_MAIL,
    closeTimeout: 500,
    logger: false,
    onData(stream, session, done) {
      const from = session.envelope.mailFrom;
      const envelope = {
        from: from === false ? '' : from.address,
        to: session.envelope.rcptTo.map(({ address }) => address),
      };
      readAll(stream)
        .then((raw) => mailbox.receive(raw, envelope))
        .then(
          () => done(),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
        );
    },
  });
  server.on('error', (error: Error) => process.stderr.write(`sandbox mail: ${error.message}\n`));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return {
    port: address.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function readAll(stream: Readable & { sizeExceeded?: boolean }): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (!stream.sizeExceeded) chunks.push(Buffer.from(chunk));
  }
  if (stream.sizeExceeded) throw Object.assign(new Error('This mail is larger than 10 MB.'), { responseCode: 552 });
  return Buffer.concat(chunks);
}
