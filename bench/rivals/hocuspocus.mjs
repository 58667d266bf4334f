// `node hocuspocus.mjs <port> <flushDelay> [<redis port>]`: relays without storing, as it comes, but for the flush delay.
import { Redis } from '@hocuspocus/extension-redis';
import { Server } from '@hocuspocus/server';

const [port, flushDelay, redis] = process.argv.slice(2);
const extensions =
  redis === undefined ? [] : [new Redis({ host: '127.0.0.1', port: Number(redis), identifier: `node-${process.pid}` })];
const server = new Server({
  port: Number(port),
  address: '127.0.0.1',
  quiet: true,
  flushDelay: Number(flushDelay),
  extensions,
});
await server.listen();
