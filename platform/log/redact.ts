/**
 * Takes secrets out of a finished log line, wherever they came from: a field at any depth, a URL, an error's message.
 * The line is JSON, so its strings may hold JSON of their own, with its quotes escaped.
 */
const NAMES = 'ticket|token|authorization|cookie|password|passwd|secret|api[-_]?key|x-razorpay-signature';
const TEXT = String.raw`"(?:[^"\\]|\\.)*"`;

/** A field with a telling name whose value is text or a list of texts; also inside of a string. */
const FIELD = new RegExp(String.raw`("[^"\\]*(?:${NAMES})[^"\\]*"\s*:\s*)(?:${TEXT}|\[(?:\s*${TEXT}\s*,?)*\])`, 'gi');
const QUOTED_FIELD = new RegExp(String.raw`(\\"[^"\\]*(?:${NAMES})[^"\\]*\\"\s*:\s*)\\"(?:[^"\\]|\\[^"])*\\"`, 'gi');
const PARAMETER = new RegExp(String.raw`((?:${NAMES})(?:=|%3D))[^&\s"'\\;,)]+`, 'gi');
const SCHEME = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi;
/** The password in a URL such as postgres://user:password@host. */
const USERINFO = /(:\/\/[^/:@\s"\\]*:)[^@/\s"\\]+@/g;

export function redact(line: string): string {
  return line
    .replace(FIELD, '$1"[redacted]"')
    .replace(QUOTED_FIELD, String.raw`$1\"[redacted]\"`)
    .replace(PARAMETER, '$1[redacted]')
    .replace(SCHEME, '$1 [redacted]')
    .replace(USERINFO, '$1[redacted]@');
}
