/** What is asked of cameras, microphones and screens, and why one did not come. Pure. */

export type Kind = 'camera' | 'microphone';

/** Why a device is not there, in a closed list; null while nothing is wrong. */
export type DeviceProblem = 'refused' | 'none' | 'busy' | 'lost' | 'insecure';

/** What the browser does with the sound of a microphone, each as the person has it. */
export interface Processing {
  readonly echo: boolean;
  readonly noise: boolean;
  readonly gain: boolean;
}
export const PROCESSING = ['echo', 'noise', 'gain'] as const satisfies readonly (keyof Processing)[];
export const ALL_ON: Processing = { echo: true, noise: true, gain: true };

/** Its name among the constraints of a track. */
export const NAMES = {
  echo: 'echoCancellation',
  noise: 'noiseSuppression',
  gain: 'autoGainControl',
} as const satisfies Record<keyof Processing, keyof MediaTrackSupportedConstraints>;

const VIDEO: MediaTrackConstraints = {
  width: { ideal: 1_280 },
  height: { ideal: 720 },
  frameRate: { ideal: 24, max: 30 },
};

export const soundOf = (wanted: Processing): MediaTrackConstraints => ({
  echoCancellation: wanted.echo,
  noiseSuppression: wanted.noise,
  autoGainControl: wanted.gain,
});

/** The same, or nothing. */
export const exactlyOf = (wanted: Processing): MediaTrackConstraints => ({
  echoCancellation: { exact: wanted.echo },
  noiseSuppression: { exact: wanted.noise },
  autoGainControl: { exact: wanted.gain },
});

/** @param deviceId the one that was chosen, or another where it is not there. */
export const constraintsOf = (kind: Kind, deviceId: string | null, wanted: Processing): MediaTrackConstraints => ({
  ...(kind === 'camera' ? VIDEO : soundOf(wanted)),
  ...(deviceId === null ? {} : { deviceId: { ideal: deviceId } }),
});

/** Which of them a track does otherwise than wanted. What it says nothing about is as wanted. */
export const unlike = (settings: MediaTrackSettings, wanted: Processing): readonly (keyof Processing)[] =>
  PROCESSING.filter((one) => (settings[NAMES[one]] ?? wanted[one]) !== wanted[one]);

/** The sound of a tab is nobody's voice, so nothing is filtered out of it; that of the whole machine would be the lesson itself. */
export const SCREEN: DisplayMediaStreamOptions & { systemAudio: 'exclude' } = {
  video: { frameRate: { max: 15 } },
  audio: soundOf({ echo: false, noise: false, gain: false }),
  systemAudio: 'exclude',
};

export function problemOf(error: unknown): DeviceProblem {
  if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
  switch (error.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    default:
      return 'busy';
  }
}
