/** Blurring what is behind a person, where browser and system offer it. */

/** The DOM's types do not know it yet. */
interface WithBlur {
  readonly backgroundBlur?: unknown;
}

/** `always`: switched on in the system, where alone it can be switched off. */
export type Blur = 'never' | 'off' | 'on' | 'always';

export function blurOf(camera: MediaStreamTrack | null): Blur {
  if (camera === null || typeof camera.getCapabilities !== 'function') return 'never';
  const { backgroundBlur: able }: WithBlur = camera.getCapabilities();
  const { backgroundBlur: on }: WithBlur = camera.getSettings();
  if (!Array.isArray(able) || !able.includes(true)) return 'never';
  if (!able.includes(false)) return 'always';
  return on === true ? 'on' : 'off';
}

/** Does it where it can be done, and says what came of it. */
export async function setBlur(camera: MediaStreamTrack, wanted: boolean): Promise<Blur> {
  const now = blurOf(camera);
  if (now === 'never' || now === 'always' || (now === 'on') === wanted) return now;
  const constraints: MediaTrackConstraints & WithBlur = { backgroundBlur: wanted };
  try {
    await camera.applyConstraints(constraints);
  } catch (error) {
    // It was offered and is refused now: the picture goes on as it is, and the switch shows that.
    if (!(error instanceof DOMException)) throw error;
  }
  return blurOf(camera);
}
