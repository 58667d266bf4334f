/** The pages: the built bundle, or Vite while developing. Loaded late, because the bundle reads its settings at import. */
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NodeHandler } from './host.server.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

export async function builtPages(): Promise<NodeHandler> {
  const file = join(ROOT, 'build', 'handler.js');
  if (!existsSync(file)) throw new Error('The pages are not built: run npm start, or npm run build.');
  // adapter-node would assume https, and answer 403 to every form; the host sets this header itself.
  process.env.PROTOCOL_HEADER = 'x-page-protocol';
  process.env.BODY_SIZE_LIMIT = '1048576';
  const bundle = (await import(pathToFileURL(file).href)) as { handler: NodeHandler };
  return bundle.handler;
}

/** Hot reload over a websocket of Vite's own, on the same server. */
export async function devPages(http: () => Server): Promise<{ handler: NodeHandler; close: () => Promise<void> }> {
  const { createServer } = await import('vite');
  const vite = await createServer({
    root: ROOT,
    server: { middlewareMode: true, hmr: { server: http() } },
    appType: 'custom',
  });
  return { handler: vite.middlewares as unknown as NodeHandler, close: () => vite.close() };
}
