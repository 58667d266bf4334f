/** What someone chose in their last preview, kept on this device only. */
export interface Choices {
  readonly camera: boolean;
  readonly microphone: boolean;
  readonly cameraId: string | null;
  readonly microphoneId: string | null;
  /** Single keys as shortcuts; whoever speaks to their computer may need them off. */
  readonly keys: boolean;
}

const KEY = 'nexused-preview';
const DEFAULT: Choices = { camera: true, microphone: true, cameraId: null, microphoneId: null, keys: true };

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Anything unreadable counts as never chosen. */
export function parseChoices(stored: string | null): Choices {
  if (stored === null) return DEFAULT;
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch (error) {
    if (error instanceof SyntaxError) return DEFAULT;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return DEFAULT;
  const fields = new Map(Object.entries(value));
  return {
    camera: fields.get('camera') !== false,
    microphone: fields.get('microphone') !== false,
    cameraId: text(fields.get('cameraId')),
    microphoneId: text(fields.get('microphoneId')),
    keys: fields.get('keys') !== false,
  };
}

/** Storage may be forbidden in a private window; then nothing is remembered, and nothing else changes. */
function storage(): Storage | null {
  try {
    return globalThis.localStorage;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

export const loadChoices = (): Choices => parseChoices(storage()?.getItem(KEY) ?? null);

export const saveChoices = (choices: Choices): void => storage()?.setItem(KEY, JSON.stringify(choices));
