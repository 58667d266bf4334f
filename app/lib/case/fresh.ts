/** An id for the next thing that a form sends. Without a script the server's own stands in the form. */
export const freshId = (): string => globalThis.crypto.randomUUID();
