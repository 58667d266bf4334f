/**
 * Notices a connection that looks open and is not: a network that swallows packets says nothing, and a browser waits for
 * minutes. The server says something every 4 s (sync/limits.ts), so silence means that nothing comes through.
 */

/** What y-websocket's provider has of it. */
interface Reconnecting {
  readonly wsconnected: boolean;
  readonly wsconnecting: boolean;
  /** Wall ms. */
  readonly wsLastMessageReceived: number;
  disconnect(): void;
  connect(): void;
}

/** reliability.md B4: a client notices within 10 s. */
const SILENCE_MS = 9_000;

/**
 * Connects anew where nothing was heard for 9 s, or where a connection takes that long to open.
 * @returns stops it.
 */
export function endSilence(provider: Reconnecting, silenceMs = SILENCE_MS): () => void {
  let tryingSince: number | null = null;
  const look = (): void => {
    const now = Date.now();
    tryingSince = provider.wsconnecting ? (tryingSince ?? now) : null;
    const silent = provider.wsconnected && now - provider.wsLastMessageReceived > silenceMs;
    const stuck = tryingSince !== null && now - tryingSince > silenceMs;
    if (!silent && !stuck) return;
    tryingSince = null;
    // Not the socket's own close: it would wait for the answer of a server that cannot be reached.
    provider.disconnect();
    provider.connect();
  };
  const timer = setInterval(look, silenceMs / 9);
  return () => clearInterval(timer);
}
