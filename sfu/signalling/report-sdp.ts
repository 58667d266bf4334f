import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isSdpPicture } from './schema.ts';

/** What their page sees of its own connection: it goes into their trace, like every message, and nowhere else. */
export function reportSdp(caller: Caller, data: unknown): Answer<null> {
  if (!may(caller, 'stay')) return refused('not-allowed');
  if (!isSdpPicture(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  const verdict = caller.trace.takePicture();
  return verdict === 'pass' ? done : refused(verdict);
}
