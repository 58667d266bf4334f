/** Several Yjs servers, each a process, on one PostgreSQL and one Redis, behind one address that leads to any that lives. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Limits } from '#sync/limits.ts';
import { startChild, type Child } from '../support/child.ts';
import { startTcpProxy, type TcpProxy } from '../proxies/tcp.ts';
import { freePort } from '../support/free-port.ts';
import { startPostgres } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const SERVE = join(import.meta.dirname, '../../sync/testing/serve.ts');

export interface Node {
  readonly url: string;
  readonly port: number;
  /** Between it and Redis, for faults; null unless asked for. */
  readonly redisWay: TcpProxy | null;
  /** Everything that it complained about. */
  output(): string;
  alive(): boolean;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface Cluster {
  /** Of any node that lives, in turn. */
  readonly url: string;
  readonly nodes: readonly Node[];
  readonly redis: TestRedis;
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

async function openNode(
  database: string,
  redis: string,
  limits: Partial<Limits>,
  redisWay: TcpProxy | null,
): Promise<Node> {
  const port = await freePort();
  let child: Child | null = null;
  const outputs: string[] = [];
  const node: Node = {
    port,
    redisWay,
    url: `ws://127.0.0.1:${port}/sync`,
    output: () => [...outputs, child?.output() ?? ''].join(''),
    alive: () => child !== null && !child.exited(),
    async kill() {
      const dying = child;
      child = null;
      await dying?.end('SIGKILL');
      outputs.push(dying?.output() ?? '');
    },
    async start() {
      const args = [
        '--disable-warning=ExperimentalWarning',
        SERVE,
        database,
        String(port),
        redisWay === null ? redis : `redis://127.0.0.1:${redisWay.port}`,
        JSON.stringify(limits),
      ];
      child = await startChild(process.execPath, args, {}, async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/?name=board:up&person=nobody`);
        return answer.ok;
      });
    },
  };
  await node.start();
  return node;
}

/** As a load balancer: a connection goes to the next node that lives, and ends with it. */
function balance(nodes: readonly Node[]): Server {
  let turn = 0;
  return createServer((client: Socket) => {
    client.on('error', () => client.destroy());
    turn += 1;
    const living = nodes.filter((node) => node.alive());
    const node = living[turn % Math.max(1, living.length)];
    if (!node) return client.destroy();
    const upstream = connect({ port: node.port, host: '127.0.0.1', noDelay: true });
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    client.setNoDelay(true);
    client.pipe(upstream);
    upstream.pipe(client);
    return undefined;
  });
}

/** @param faulty puts a way with faults between each node and Redis. */
export async function startCluster(
  size: number,
  limits: Partial<Limits> = {},
  { faulty = false }: { faulty?: boolean } = {},
): Promise<Cluster> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis({ appendonly: true })]);
  const toRedis = { host: '127.0.0.1', port: Number(new URL(redis.url).port) };
  const nodes = await Promise.all(
    Array.from({ length: size }, async () =>
      openNode(postgres.url, redis.url, limits, faulty ? await startTcpProxy(toRedis) : null),
    ),
  );
  const door = balance(nodes);
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const { port } = door.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/sync`,
    nodes,
    redis,
    databaseUrl: postgres.url,
    async stop() {
      door.close();
      for (const node of nodes) {
        await node.kill();
        await node.redisWay?.close();
      }
      await redis.stop();
      await postgres.stop();
    },
  };
}
