/** Whether someone may be in recordings, as they said last on this device. Nothing said: they may. */
const KEY = 'nexused-recorded';

/** Storage may be forbidden in a private window, and is not there at all while a page is made on the server. */
function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

export const loadRecorded = (): boolean => storage()?.getItem(KEY) !== 'no';

export const saveRecorded = (recorded: boolean): void => storage()?.setItem(KEY, recorded ? 'yes' : 'no');
