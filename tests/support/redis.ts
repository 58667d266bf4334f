import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startChild, type Child } from './child.ts';
import { freePort } from './free-port.ts';
import { needProgram } from './need.ts';

export interface TestRedis {
  readonly url: string;
  /** Ends the server at once (`SIGKILL` is a crash) and starts it again; without AOF it comes back empty. */
  restart(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Stops it in the middle of whatever it does, as a machine that hangs: connections are taken, nothing is answered. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** A private Redis on a free port of the loopback, in a temporary folder; both options as in its configuration. */
export async function startRedis({
  appendonly = false,
  appendfsync = 'always',
}: { appendonly?: boolean; appendfsync?: 'always' | 'everysec' } = {}): Promise<TestRedis> {
  const program = needProgram('redis-server', 'redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'nexused-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const durable = ['--appendonly', appendonly ? 'yes' : 'no', '--appendfsync', appendfsync];
  const start = (): Promise<Child> =>
    startChild(program, [...args, ...durable], {}, async () => {
      const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
      redis.on('error', () => undefined);
      try {
        await redis.connect();
        return (await redis.ping()) === 'PONG';
      } finally {
        redis.disconnect();
      }
    });
  let server = await start();
  return {
    url,
    async restart(signal = 'SIGTERM') {
      await server.end(signal);
      server = await start();
    },
    freeze: () => void process.kill(server.pid, 'SIGSTOP'),
    thaw: () => void process.kill(server.pid, 'SIGCONT'),
    async stop() {
      await server.end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
