/** What was plugged in and pulled out, from two looks at the list of devices. Pure. */
export type Listed = 'camera' | 'microphone' | 'speaker';

export interface DeviceOption {
  readonly id: string;
  readonly label: string;
}

export interface DeviceList {
  readonly camera: readonly DeviceOption[];
  readonly microphone: readonly DeviceOption[];
  readonly speaker: readonly DeviceOption[];
}

export const NO_DEVICES: DeviceList = { camera: [], microphone: [], speaker: [] };
const KINDS = { videoinput: 'camera', audioinput: 'microphone', audiooutput: 'speaker' } as const;
/** These stand for another one in the list, and change their name with it. */
const ALIASES: ReadonlySet<string> = new Set(['default', 'communications', '']);

/** Before the permission devices have no ids; those are left out. */
export function listOf(devices: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[]): DeviceList {
  const of = (kind: Listed): readonly DeviceOption[] =>
    devices
      .filter((device) => KINDS[device.kind] === kind && device.deviceId !== '')
      .map(({ deviceId: id, label }) => ({ id, label }));
  return { camera: of('camera'), microphone: of('microphone'), speaker: of('speaker') };
}

export interface Plugged {
  readonly kind: Listed;
  readonly device: DeviceOption;
}

/** Devices with a name that came. A first list brings none: everything in it was there before. */
export function pluggedIn(before: DeviceList, now: DeviceList): readonly Plugged[] {
  return (['camera', 'microphone', 'speaker'] as const).flatMap((kind) =>
    before[kind].length === 0
      ? []
      : now[kind]
          .filter(({ id, label }) => label !== '' && !ALIASES.has(id) && !before[kind].some((one) => one.id === id))
          .map((device) => ({ kind, device })),
  );
}

/** The name of the one with this id; empty where it is not in the list. */
export const labelOf = (list: readonly DeviceOption[], id: string): string =>
  list.find((one) => one.id === id)?.label ?? '';
