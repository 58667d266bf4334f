const PART = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Throws for anything that is not a plain, relative, slash-separated key; both stores refuse the same ones. */
export function checkKey(key: string): void {
  if (key.length > 512 || !key.split('/').every((part) => PART.test(part))) {
    throw new Error(`"${key}" is not an object key`);
  }
}
