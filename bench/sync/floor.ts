/**
 * The least that has to be done: `node floor.ts <port> <bytes> <ms>`. One frame of so many bytes, made before anything
 * begins, goes to every socket in every so many ms. Whatever comes in is taken by `ws` and looked at by nobody.
 */
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { frameOf } from '#sync/wire/frame.ts';

const [port, bytes, everyMs] = process.argv.slice(2).map(Number);
// Of so many bytes with its header, which has four from 126 on.
const payload = Math.max(0, (bytes ?? 0) - ((bytes ?? 0) < 128 ? 2 : 4));
const frame = frameOf(new Uint8Array(payload).fill(7));
const sockets = new Set<Duplex>();
const wss = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false });
const http = createServer((_req, res) => res.end('up'));
let heard = 0;
http.on('upgrade', (req, socket, head) =>
  wss.handleUpgrade(req, socket, head, (ws) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    ws.on('error', () => undefined);
    ws.on('message', () => void (heard += 1));
    ws.on('close', () => sockets.delete(socket));
  }),
);
http.listen(port, '127.0.0.1', 4_096);

let next = performance.now();
const tick = (): void => {
  for (const socket of sockets) socket.write(frame);
  next += everyMs ?? 16;
  setTimeout(tick, Math.max(0, next - performance.now()));
};
tick();
