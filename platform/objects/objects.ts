/** The object store: a folder, or an S3-compatible store. Keys are slash-separated, server-made. */
export interface ObjectStore {
  readonly kind: 'folder' | 's3';
  put(key: string, body: Uint8Array, contentType: string): Promise<void>;
  get(key: string): Promise<{ body: Uint8Array; contentType: string } | null>;
  close(): Promise<void>;
}
