import { pino, type Logger } from 'pino';
import { redact } from './redact.ts';

/** `log.child({ correlationId })` carries an id through everything that follows from one outside act. */
export type Log = Logger;

export interface LogOptions {
  /** trace | debug | info | warn | error | fatal | silent. Default `info`. */
  readonly level?: string;
  /** One line for people instead of JSON. Default: when the output is a terminal. */
  readonly pretty?: boolean;
  /** Where a finished line goes, with its line break. Default: standard output. */
  readonly write?: (line: string) => void;
}

/** The program's log: JSON lines without secrets. */
export function createLog(options: LogOptions = {}): Log {
  const { level = 'info', pretty = process.stdout.isTTY === true, write = toStdout } = options;
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => write(pretty ? forPeople(redact(line)) : redact(line)) },
  );
}

/** The child whose lines all carry the correlation id. */
export const correlated = (log: Log, correlationId: string): Log => log.child({ correlationId });

const toStdout = (line: string): void => void process.stdout.write(line);

/** `12:03:07 warn  what happened  key=value`, with a stack below it. */
function forPeople(line: string): string {
  const fields = new Map<string, unknown>(Object.entries(JSON.parse(line)));
  const take = (name: string): string => {
    const value = fields.get(name);
    fields.delete(name);
    return typeof value === 'string' ? value : '';
  };
  const [time, level, message] = [take('time').slice(11, 19), take('level').padEnd(5), take('msg')];
  const error = fields.get('err');
  fields.delete('err');
  const rest = [...fields].map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const stack = isRecord(error) ? `\n  ${String(error['stack'] ?? error['message'])}` : '';
  return `${[time, level, message, ...rest].join(' ')}${stack}\n`;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
