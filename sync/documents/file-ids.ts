/** Files are named in documents by the ids that their upload gave, never by an address: nothing is fetched from elsewhere. */
const FILE_ID = /^f[A-Za-z0-9_-]{22}$/;

export const isFileId = (value: unknown): value is string => typeof value === 'string' && FILE_ID.test(value);
