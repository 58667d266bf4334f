/** A websocket that says why also where `ws` itself ends it: frames that are none, or too large, or in too many pieces. */
import { WebSocket } from 'ws';

const REASONS: ReadonlyMap<number, string> = new Map([
  [1002, 'malformed'],
  [1007, 'malformed'],
  [1008, 'too-many-pieces'],
  [1009, 'too-large'],
]);

export class ExplainedSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason ?? (code === undefined ? undefined : REASONS.get(code)));
  }
}
