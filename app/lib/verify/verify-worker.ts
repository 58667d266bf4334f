/** Checks files beside the page, so that a big one neither holds it up nor keeps Cancel from being heard. */
import { CannotCheckSignatures } from '#events/store/audit/signatures.ts';
import { checkFile } from './check-file.ts';
import type { FailureCode, FromWorker, ToWorker } from './protocol.ts';

const SHOWN_EVERY_MS = 100;

const say = (message: FromWorker): void => self.postMessage(message);
let cancelled = false;

function codeOf(error: unknown): FailureCode {
  if (error instanceof CannotCheckSignatures) return 'browser-too-old';
  // A folder, or a file that was moved, changed or locked meanwhile.
  return error instanceof DOMException ? 'file-unreadable' : 'check-failed';
}

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'cancel') {
    cancelled = true;
    return;
  }
  cancelled = false;
  const began = performance.now();
  let shown = began;
  checkFile(data, {
    cancelled: () => cancelled,
    onRead(bytes) {
      if (performance.now() - shown < SHOWN_EVERY_MS) return;
      shown = performance.now();
      say({ kind: 'progress', part: bytes / data.file.size });
    },
  }).then(
    (result) => say({ kind: 'result', result, ms: performance.now() - began }),
    (error: unknown) => {
      console.error(error);
      say({ kind: 'failed', code: codeOf(error) });
    },
  );
});
