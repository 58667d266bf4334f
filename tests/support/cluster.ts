/** Several processes of the product on one PostgreSQL and one Redis: one with the pages, the others with media alone. */
import { randomBytes } from 'node:crypto';
import { freePort } from './free-port.ts';
import { startPostgres } from './postgres.ts';
import { removeData, startProduct, type Product } from './product.ts';
import { startRedis } from './redis.ts';

export interface Cluster {
  /** Pages, board, chat and workers; no media. */
  readonly front: Product;
  /** Media, by the address that browsers are sent to. */
  readonly media: Map<string, Product>;
  /** Starts one more node of media. Gives its address. */
  addMedia(): Promise<string>;
  close(): Promise<void>;
}

export async function startCluster(mediaNodes: number): Promise<Cluster> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const key = (): string => randomBytes(32).toString('hex');
  const shared = {
    DATABASE_URL: await postgres.createDatabase('cluster'),
    REDIS_URL: redis.url,
    AUTH_SECRET: key(),
    TICKET_KEY: key(),
    AUDIT_KEY: key(),
    DATA_KEY: key(),
    MEDIA_ADDRESS: '127.0.0.1',
  };
  const front = await startProduct({ env: { ...shared, ROLES: 'web,sync,worker' } });
  const media = new Map<string, Product>();
  const addMedia = async (): Promise<string> => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    media.set(url, await startProduct({ port, env: { ...shared, ROLES: 'sfu', NODE_PUBLIC_URL: url } }));
    return url;
  };
  for (let count = 0; count < mediaNodes; count += 1) await addMedia();
  return {
    front,
    media,
    addMedia,
    async close() {
      const products = [...media.values(), front];
      await Promise.all(products.map((product) => product.stop()));
      await Promise.all(products.map(removeData));
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}
