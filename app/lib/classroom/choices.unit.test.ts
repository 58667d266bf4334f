import { describe, expect, it } from 'vitest';
import { NEVER_CHOSEN, parseChoices } from './choices.ts';

describe('remembered choices', () => {
  it.each([[null], ['not json'], ['7'], ['null'], ['[]']])('%s counts as never chosen', (stored) => {
    expect(parseChoices(stored)).toEqual(NEVER_CHOSEN);
  });

  it('keeps what was chosen, and nothing of another shape', () => {
    const stored = JSON.stringify({ camera: false, microphone: 'no', cameraId: 'c1', microphoneId: 7, keys: false });
    expect(parseChoices(stored)).toEqual({ ...NEVER_CHOSEN, camera: false, cameraId: 'c1', keys: false });
  });

  it('keeps what is done with the sound, and has on what was not switched off', () => {
    const stored = JSON.stringify({ processing: { echo: false, gain: 'x' }, strong: true, blur: 1, speakerId: 's1' });
    expect(parseChoices(stored)).toEqual({
      ...NEVER_CHOSEN,
      processing: { echo: false, noise: true, gain: true },
      strong: true,
      speakerId: 's1',
    });
    expect(parseChoices(JSON.stringify({ processing: null })).processing).toEqual(NEVER_CHOSEN.processing);
  });
});
