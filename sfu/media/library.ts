/**
 * Which media library runs: `mediasoup` itself where its worker binary exists, else the packaged one that carries its
 * worker inside the npm package. They differ in small ways; what differs is absorbed in this folder.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { MediaWorker, WorkerSettings } from './types.ts';

export interface MediaLibrary {
  readonly name: 'mediasoup' | 'mediasoup-prebuilt';
  readonly version: string;
  /** 3.11 announces an address as `announcedIp`; later versions as `announcedAddress`. */
  readonly announces: 'announcedIp' | 'announcedAddress';
  createWorker(settings: WorkerSettings): Promise<MediaWorker>;
}

interface LibraryModule {
  createWorker(settings: WorkerSettings): Promise<MediaWorker>;
}

const require = createRequire(import.meta.url);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function isLibrary(module: unknown): module is LibraryModule {
  return isRecord(module) && typeof module['createWorker'] === 'function';
}

/** A CommonJS package arrives with its exports on `default`. */
async function load(name: string): Promise<Record<string, unknown> | null> {
  try {
    const module: unknown = await import(name);
    if (!isRecord(module)) return null;
    const inner = module['default'];
    return isLibrary(module) ? module : isRecord(inner) ? inner : null;
  } catch (error) {
    // The packaged library is an optional dependency: on a platform without it, it is simply not there.
    if (isRecord(error) && (error['code'] === 'ERR_MODULE_NOT_FOUND' || error['code'] === 'MODULE_NOT_FOUND'))
      return null;
    throw error;
  }
}

function packageVersion(name: string): string {
  const manifest: unknown = require(`${name}/package.json`);
  return isRecord(manifest) && typeof manifest['version'] === 'string' ? manifest['version'] : 'unknown';
}

/** Null when no library here can start a worker; the reason is for the log. */
export async function mediaLibrary(): Promise<MediaLibrary | { readonly missing: string }> {
  const current = await load('mediasoup');
  const workerBin = current?.['workerBin'];
  if (isLibrary(current) && typeof workerBin === 'string' && existsSync(workerBin)) {
    const version = current['version'];
    return {
      name: 'mediasoup',
      version: typeof version === 'string' ? version : 'unknown',
      announces: 'announcedAddress',
      createWorker: (settings) => current.createWorker(settings),
    };
  }
  const prebuilt = await load('mediasoup-prebuilt');
  if (isLibrary(prebuilt)) {
    return {
      name: 'mediasoup-prebuilt',
      // It reports a placeholder as its version, so its manifest is asked.
      version: packageVersion('mediasoup-prebuilt'),
      announces: 'announcedIp',
      createWorker: (settings) => prebuilt.createWorker(settings),
    };
  }
  return { missing: 'neither mediasoup nor mediasoup-prebuilt has a worker for this machine' };
}
