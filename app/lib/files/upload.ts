/** One upload: bytes to an address that keeps files, with its progress, and how it ended. */

/** As the server tells of a file. */
export interface SharedFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  readonly width?: number;
  readonly height?: number;
}

export type UploadAnswer =
  | { readonly kind: 'kept'; readonly file: SharedFile }
  /** `passing`: it may well work when it is sent again. */
  | { readonly kind: 'failed'; readonly code: string; readonly passing: boolean }
  | { readonly kind: 'cancelled' };

export interface UploadSettings {
  /** Where files are POSTed, such as `/api/v1/lessons/{code}/files`. */
  readonly to: string;
  readonly body: Blob;
  readonly name: string;
  /** From 0 to 1. */
  readonly onProgress?: (part: number) => void;
  readonly signal?: AbortSignal;
}

/** A line that is gone without a word; the server's own limit is five minutes, wall ms. */
const WITHIN_MS = 330_000;
const failed = (code: string, passing: boolean): UploadAnswer => ({ kind: 'failed', code, passing });

function isFile(value: unknown): value is SharedFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'name' in value &&
    typeof value.name === 'string'
  );
}

function answerOf(status: number, text: string): UploadAnswer {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    // A proxy's page, or nothing: the status says enough.
    said = null;
  }
  if (status < 300 && isFile(said)) return { kind: 'kept', file: said };
  const code =
    typeof said === 'object' && said !== null && 'code' in said && typeof said.code === 'string'
      ? said.code
      : 'internal';
  return failed(code, status >= 500 || status === 408 || status === 429 || code === 'upload-broken');
}

/** Sends a file once. Never throws. The request of fetch tells no progress, so this is the older one. */
export function uploadFile({ to, body, name, onProgress, signal }: UploadSettings): Promise<UploadAnswer> {
  return new Promise((done) => {
    if (signal?.aborted) return done({ kind: 'cancelled' });
    const request = new XMLHttpRequest();
    request.open('POST', to);
    request.timeout = WITHIN_MS;
    request.setRequestHeader('content-type', body.type === '' ? 'application/octet-stream' : body.type);
    request.setRequestHeader('x-file-name', encodeURIComponent(name.toWellFormed()));
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0);
    request.onload = () => done(answerOf(request.status, request.responseText));
    request.onerror = () => done(failed('unreachable', true));
    request.ontimeout = () => done(failed('upload-too-slow', true));
    request.onabort = () => done({ kind: 'cancelled' });
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(body);
  });
}
