import { describe, expect, it } from 'vitest';
import { listOf, NO_DEVICES, pluggedIn, type DeviceList } from './changes.ts';

const device = (kind: MediaDeviceKind, deviceId: string, label = deviceId) => ({ kind, deviceId, label });
const laptop: DeviceList = listOf([
  device('videoinput', 'lid'),
  device('audioinput', 'default', 'Default - Built-in'),
  device('audioinput', 'built-in'),
  device('audiooutput', 'built-in'),
]);

describe('plugging in and out', () => {
  it('a first list brings nothing new, nor does the same list again', () => {
    expect(pluggedIn(NO_DEVICES, laptop)).toEqual([]);
    expect(pluggedIn(laptop, laptop)).toEqual([]);
  });

  it('names what came, in both its parts, and not the alias that now means it', () => {
    const headset = { id: 'headset', label: 'headset' };
    const now: DeviceList = {
      ...laptop,
      microphone: [
        { id: 'default', label: 'Default - headset' },
        { id: 'communications', label: 'Communications - headset' },
        { id: 'built-in', label: 'built-in' },
        headset,
      ],
      speaker: [...laptop.speaker, headset],
    };
    expect(pluggedIn(laptop, now)).toEqual([
      { kind: 'microphone', device: headset },
      { kind: 'speaker', device: headset },
    ]);
    expect(pluggedIn(now, laptop)).toEqual([]);
  });

  it('leaves out what has no id or no name yet', () => {
    expect(listOf([device('audioinput', '', 'hidden')])).toEqual(NO_DEVICES);
    expect(pluggedIn(laptop, { ...laptop, camera: [...laptop.camera, { id: 'x', label: '' }] })).toEqual([]);
  });
});
