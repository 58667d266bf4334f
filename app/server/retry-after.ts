/** Seconds after which it is worth while to ask again. */
export const RETRY_AFTER_S = 2;
