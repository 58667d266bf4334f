// `node y-websocket.mjs <port>`: its own server.js, but for the port.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { setupWSConnection } from '@y/websocket-server/utils';

const WebSocket = createRequire(import.meta.resolve('@y/websocket-server/utils'))('ws');
const wss = new WebSocket.Server({ noServer: true });
wss.on('connection', setupWSConnection);
const http = createServer((_req, res) => res.end('okay'));
http.on('upgrade', (req, socket, head) => {
  wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req));
});
http.listen(Number(process.argv[2]), '127.0.0.1');
