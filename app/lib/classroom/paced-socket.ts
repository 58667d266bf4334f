/**
 * A websocket whose messages are taken in turn with everything else that the page does. A browser hands over at once what
 * has come meanwhile; a large document would hold up pens and pictures that long.
 */

import { Turns } from './turns.ts';

type Handler = ((this: WebSocket, event: MessageEvent) => unknown) | null;

export class PacedSocket extends WebSocket {
  private handler: Handler = null;
  private readonly turns = new Turns<MessageEvent>((event) => this.handler?.call(this, event));

  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    super.onmessage = (event) => this.turns.add(event);
    // Whoever connects again gets all that was missed; half of an old answer says nothing about the new connection.
    this.addEventListener('close', () => this.turns.clear());
  }

  override get onmessage(): Handler {
    return this.handler;
  }

  override set onmessage(handler: Handler) {
    this.handler = handler;
  }
}
