import type { TraceLine } from '../trace/traces.ts';

/** For tests of what is beside it. */
export const NO_TRACE: TraceLine = {
  supportCode: 'ABCDEFGH',
  note: () => undefined,
  takePicture: () => 'pass',
  save: () => undefined,
  end: () => undefined,
};
