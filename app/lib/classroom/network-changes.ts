/** When this device comes into another network: back from none, or from Wi-Fi to mobile data and the other way round. */

const kindOf = (connection: object): unknown => ('type' in connection ? connection.type : undefined);

/**
 * @param page the window; @param connection what the browser tells of its network (`navigator.connection`), where it does.
 * It also speaks up whenever it guesses the speed anew, which is no change of network.
 * @returns stops listening.
 */
export function onNetworkChange(changed: () => void, page: EventTarget, connection: unknown): () => void {
  const stop = new AbortController();
  page.addEventListener('online', changed, { signal: stop.signal });
  if (connection instanceof EventTarget) {
    let before = kindOf(connection);
    connection.addEventListener(
      'change',
      () => {
        const now = kindOf(connection);
        if (now === before) return;
        before = now;
        if (now !== 'none') changed();
      },
      { signal: stop.signal },
    );
  }
  return () => stop.abort();
}
