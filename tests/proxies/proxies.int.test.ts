/** The two fault proxies against real sockets: a test that trusts them has to know that they do what they say. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startTcpProxy, type TcpProfile, type TcpProxy } from './tcp.ts';
import { startUdpProxy, type UdpProxy } from './udp.ts';
import type { Profile } from './link.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function udp(): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  ends.push(async () => {
    socket.close();
    await once(socket, 'close');
  });
  return socket;
}

/** A server that echoes and remembers from which ports it was asked. */
async function udpWay(profile: Partial<Profile> = {}, seed = 1) {
  const server = await udp();
  const seen = new Set<number>();
  server.on('message', (packet, from) => {
    seen.add(from.port);
    server.send(packet, from.port, from.address);
  });
  const proxy: UdpProxy = await startUdpProxy({ host: '127.0.0.1', port: server.address().port }, profile, seed);
  ends.push(() => proxy.close());
  const client = await udp();
  const heard: string[] = [];
  client.on('message', (packet) => heard.push(packet.toString()));
  const send = (text: string) => client.send(text, proxy.port, '127.0.0.1');
  return { proxy, seen, heard, send };
}

describe('the UDP proxy', () => {
  it('passes packets there and back, one address a client', async () => {
    const { seen, heard, send, proxy } = await udpWay();
    for (let index = 0; index < 50; index += 1) send(`${index}`);
    await expect.poll(() => heard.length).toBe(50);
    expect(seen.size).toBe(1);
    expect(proxy.toServer).toMatchObject({ passed: 50, lost: 0 });
  });

  it('delays both ways', async () => {
    const { heard, send } = await udpWay({ delayMs: 100 });
    const at = performance.now();
    send('a');
    await expect.poll(() => heard.length, { interval: 1 }).toBe(1);
    expect(performance.now() - at).toBeGreaterThanOrEqual(199);
  });

  it('loses some, on the way there and back', async () => {
    const { heard, send, proxy } = await udpWay({ loss: 0.3 }, 5);
    for (let index = 0; index < 400; index += 1) send(`${index}`);
    await expect.poll(() => proxy.toServer.passed + proxy.toServer.lost).toBe(400);
    await expect.poll(() => proxy.toClient.passed + proxy.toClient.lost).toBe(proxy.toServer.passed);
    await expect.poll(() => heard.length).toBe(proxy.toClient.passed);
    expect(proxy.toServer.lost).toBeGreaterThan(80);
    expect(proxy.toClient.lost).toBeGreaterThan(50);
  });

  it('is cut in one way and mended', async () => {
    const { heard, send, proxy } = await udpWay();
    proxy.cut('to-client');
    send('lost');
    await expect.poll(() => proxy.toClient.lost).toBe(1);
    proxy.mend();
    send('heard');
    await expect.poll(() => heard).toEqual(['heard']);
  });

  it('rebinds: the server is asked from another port, and its answers arrive', async () => {
    const { seen, heard, send, proxy } = await udpWay();
    send('before');
    await expect.poll(() => heard.length).toBe(1);
    await proxy.rebind();
    send('after');
    await expect.poll(() => heard).toEqual(['before', 'after']);
    expect(seen.size).toBe(2);
  });
});

async function tcpWay(profile: Partial<TcpProfile> = {}) {
  const sockets = new Set<Socket>();
  const got: string[] = [];
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      got.push(bytes.toString());
      socket.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const proxy: TcpProxy = await startTcpProxy({ host: '127.0.0.1', port: address.port }, profile);
  ends.push(() => proxy.close());
  const open = async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    const client = { socket, heard: '', broken: null as string | null, closed: false };
    socket.on('data', (bytes) => (client.heard += bytes.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => (client.broken = error.code ?? error.message));
    socket.on('close', () => (client.closed = true));
    ends.push(() => Promise.resolve(socket.destroy()));
    await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
    return client;
  };
  return { proxy, open, got };
}

describe('the TCP proxy', () => {
  it('passes bytes there and back in order, and a megabyte of them', async () => {
    const { open } = await tcpWay();
    const client = await open();
    const text = Array.from({ length: 100_000 }, (_, index) => `${index};`.padStart(10, '.')).join('');
    client.socket.write(text);
    await expect.poll(() => client.heard.length).toBe(text.length);
    expect(client.heard === text).toBe(true);
  });

  it('delays both ways', async () => {
    const { open } = await tcpWay({ delayMs: 100 });
    const client = await open();
    const at = performance.now();
    client.socket.write('a');
    await expect.poll(() => client.heard, { interval: 1 }).toBe('a');
    expect(performance.now() - at).toBeGreaterThanOrEqual(199);
  });

  it('takes a round trip for a connection, and two more for what is lost, in order and whole', async () => {
    const { open } = await tcpWay({ delayMs: 50, loss: 1 });
    const at = performance.now();
    const client = await open();
    client.socket.write('a');
    await expect.poll(() => client.heard, { interval: 1 }).toBe('a');
    // To open, there and back; each way once more.
    expect(performance.now() - at).toBeGreaterThanOrEqual(100 + 100 + 400 - 1);
    const text = Array.from({ length: 5_000 }, (_, index) => `${index};`).join('');
    client.socket.write(text);
    await expect.poll(() => client.heard.length).toBe(text.length + 1);
    expect(client.heard).toBe(`a${text}`);
  });

  it('stalls one way without losing a byte: half open', async () => {
    const { open, proxy, got } = await tcpWay();
    const client = await open();
    proxy.stall('to-client');
    client.socket.write('a');
    await expect.poll(() => got).toEqual(['a']);
    expect(client.heard).toBe('');
    const late = await open();
    late.socket.write('b');
    await expect.poll(() => got).toEqual(['a', 'b']);
    proxy.mend();
    await expect.poll(() => client.heard + late.heard).toBe('ab');
    expect(client.closed).toBe(false);
  });

  it('stalls what is open and lets new connections pass', async () => {
    const { open, proxy } = await tcpWay();
    const client = await open();
    proxy.stallOpen();
    client.socket.write('a');
    const late = await open();
    late.socket.write('b');
    await expect.poll(() => late.heard).toBe('b');
    expect(client.heard).toBe('');
    proxy.mend();
    await expect.poll(() => client.heard).toBe('a');
  });

  it('resets what is open and takes new connections; refuses them when it is told to', async () => {
    const { open, proxy } = await tcpWay();
    const client = await open();
    client.socket.write('a');
    await expect.poll(() => client.heard).toBe('a');
    proxy.reset();
    await expect.poll(() => client.closed).toBe(true);
    expect(client.broken).toBe('ECONNRESET');
    expect(proxy.connections).toBe(0);
    const second = await open();
    second.socket.write('b');
    await expect.poll(() => second.heard).toBe('b');
    proxy.refuse();
    await expect.poll(() => second.closed).toBe(true);
    const third = await open();
    await expect.poll(() => third.closed).toBe(true);
    proxy.mend();
    const fourth = await open();
    fourth.socket.write('c');
    await expect.poll(() => fourth.heard).toBe('c');
  });

  it('tells the end of one side to the other', async () => {
    const { open } = await tcpWay();
    const client = await open();
    client.socket.end('last');
    await expect.poll(() => client.closed).toBe(true);
    expect(client.heard).toBe('last');
    expect(client.broken).toBeNull();
  });
});
