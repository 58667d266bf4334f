/** Files on their way into a message: each is sent at once, and shown until the message is. */
import { MOST_FILES, parseFile, type ChatFile } from '#sync/documents/chat.ts';

export type Refused = 'too-many' | 'too-large' | 'empty' | 'unreachable' | 'refused';

export class Attachment {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  /** From 0 to 1. */
  progress = $state(0);
  file = $state.raw<ChatFile | null>(null);
  failed = $state<{ code: Refused; words: string } | null>(null);
  abort: () => void = () => undefined;

  constructor(id: number, { name, size }: File) {
    this.id = id;
    this.name = name;
    this.bytes = size;
  }
}

/** What the server takes at most. */
const MOST_BYTES = 25 * 1024 * 1024;
const STALLED_MS = 120_000;

/** Why the server said no, in its words. */
function refusalIn(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string')
      return body.detail;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return '';
}

function fileIn(text: string): ChatFile | null {
  try {
    return parseFile(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export class Uploads {
  list = $state.raw<readonly Attachment[]>([]);
  private next = 0;

  get busy(): boolean {
    return this.list.some(({ file, failed }) => file === null && failed === null);
  }

  get files(): readonly ChatFile[] {
    return this.list.map(({ file }) => file).filter((file) => file !== null);
  }

  /** Begins to send them to `address`; what is too many is left out, and said. */
  add(files: readonly File[], address: string): Refused | null {
    const room = MOST_FILES - this.list.length;
    for (const file of files.slice(0, Math.max(0, room))) {
      const attachment = new Attachment(this.next, file);
      this.next += 1;
      this.list = [...this.list, attachment];
      if (file.size > MOST_BYTES) attachment.failed = { code: 'too-large', words: '' };
      else if (file.size === 0) attachment.failed = { code: 'empty', words: '' };
      else this.send(attachment, file, address);
    }
    return files.length > room ? 'too-many' : null;
  }

  remove(attachment: Attachment): void {
    attachment.abort();
    this.list = this.list.filter((one) => one !== attachment);
  }

  clear(): void {
    for (const { abort } of this.list) abort();
    this.list = [];
  }

  // fetch tells nothing about how far it is.
  private send(attachment: Attachment, file: File, address: string): void {
    const request = new XMLHttpRequest();
    attachment.abort = () => request.abort();
    request.open('POST', address);
    request.timeout = STALLED_MS;
    request.setRequestHeader('content-type', file.type || 'application/octet-stream');
    request.setRequestHeader('x-file-name', encodeURIComponent(file.name));
    request.upload.onprogress = ({ loaded, total }) => (attachment.progress = total > 0 ? loaded / total : 0);
    request.onload = () => {
      attachment.file = request.status < 300 ? fileIn(request.responseText) : null;
      if (attachment.file === null) attachment.failed = { code: 'refused', words: refusalIn(request.responseText) };
    };
    request.onerror = request.ontimeout = () => (attachment.failed = { code: 'unreachable', words: '' });
    request.send(file);
  }
}

/** 1,234,567 as 1.2 MB. */
export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 9_950_000 ? 1 : 0)} MB`;
}
