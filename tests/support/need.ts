import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a program that the tests need, or an error that says what to install. */
export function needProgram(name: string, debianPackage: string, alsoIn: readonly string[] = []): string {
  const folders = [...alsoIn, ...(process.env['PATH'] ?? '').split(delimiter)];
  const folder = folders.find((candidate) => existsSync(join(candidate, name)));
  if (folder === undefined) {
    throw new Error(`${name} is missing. Install it: apt-get install -y ${debianPackage} (Debian's package).`);
  }
  return join(folder, name);
}
