/** What someone chose in their last preview, kept on this device only. */
import { ALL_ON, PROCESSING, type Processing } from './devices/constraints.ts';

export interface Choices {
  readonly camera: boolean;
  readonly microphone: boolean;
  readonly cameraId: string | null;
  readonly microphoneId: string | null;
  readonly speakerId: string | null;
  /** What the browser does with the sound of the microphone. */
  readonly processing: Processing;
  /** The stronger noise filter, where the device carries it. */
  readonly strong: boolean;
  /** The background of one's picture is blurred, where the browser can. */
  readonly blur: boolean;
  /** Single keys as shortcuts; whoever speaks to their computer may need them off. */
  readonly keys: boolean;
}

const KEY = 'nexused-preview';
export const NEVER_CHOSEN: Choices = {
  camera: true,
  microphone: true,
  cameraId: null,
  microphoneId: null,
  speakerId: null,
  processing: ALL_ON,
  strong: false,
  blur: false,
  keys: true,
};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** On, unless it was switched off. */
function processingOf(value: unknown): Processing {
  const fields = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  const [echo = true, noise = true, gain = true] = PROCESSING.map((one) => fields.get(one) !== false);
  return { echo, noise, gain };
}

/** Anything unreadable counts as never chosen. */
export function parseChoices(stored: string | null): Choices {
  if (stored === null) return NEVER_CHOSEN;
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch (error) {
    if (error instanceof SyntaxError) return NEVER_CHOSEN;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return NEVER_CHOSEN;
  const fields = new Map(Object.entries(value));
  return {
    camera: fields.get('camera') !== false,
    microphone: fields.get('microphone') !== false,
    cameraId: text(fields.get('cameraId')),
    microphoneId: text(fields.get('microphoneId')),
    speakerId: text(fields.get('speakerId')),
    processing: processingOf(fields.get('processing')),
    strong: fields.get('strong') === true,
    blur: fields.get('blur') === true,
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
