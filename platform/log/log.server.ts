/** pino: JSON lines with correlation ids. No line ever holds a ticket, a token, a cookie or a password. */
import pino, { type Logger } from 'pino';

export type Log = Logger;

const SECRETS = ['ticket', 'token', 'authorization', 'cookie', 'password', 'set-cookie', 'resumeToken', 'signature'];

/** @param file where lines go; null for standard output. */
export function createLog(settings: { readonly level: string; readonly file: string | null }): Log {
  const destination = settings.file
    ? pino.destination({ dest: settings.file, mkdir: true, sync: false })
    : pino.destination(1);
  return pino(
    {
      level: settings.level,
      base: null,
      redact: {
        paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: '[kept out]',
      },
    },
    destination,
  );
}
