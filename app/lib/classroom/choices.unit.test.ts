import { describe, expect, it } from 'vitest';
import { parseChoices } from './choices.ts';

describe('remembered choices', () => {
  const fresh = { camera: true, microphone: true, cameraId: null, microphoneId: null, keys: true };

  it.each([[null], ['not json'], ['7'], ['null'], ['[]']])('%s counts as never chosen', (stored) => {
    expect(parseChoices(stored)).toEqual(fresh);
  });

  it('keeps what was chosen, and nothing of another shape', () => {
    const stored = JSON.stringify({ camera: false, microphone: 'no', cameraId: 'c1', microphoneId: 7, keys: false });
    expect(parseChoices(stored)).toEqual({ ...fresh, camera: false, cameraId: 'c1', keys: false });
  });
});
