/** Fetches what there is to replay of a lesson. */
import { decodeHistory, type HistoryRow } from '#sync/documents/history.ts';
import type { ReplayManifest } from '../../server/replay-services.server.ts';

export class ReplayFailed extends Error {
  override readonly name = 'ReplayFailed';
}

async function get(path: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(path, { signal });
  if (!response.ok) throw new ReplayFailed(`${path} answered ${response.status}`);
  return response;
}

export async function fetchManifest(code: string, signal: AbortSignal): Promise<ReplayManifest> {
  return (await get(`/api/v1/lessons/${encodeURIComponent(code)}/history`, signal)).json();
}

/** The rows of a document behind `after`. @throws Malformed when they came damaged. */
export async function fetchHistory(href: string, after: number, signal: AbortSignal): Promise<HistoryRow[]> {
  const path = after === 0 ? href : `${href}${href.includes('?') ? '&' : '?'}after=${after}`;
  const response = await get(path, signal);
  return response.status === 204 ? [] : decodeHistory(new Uint8Array(await response.arrayBuffer()));
}
