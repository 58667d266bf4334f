/** The part of a pino logger that the Yjs server needs. No line ever holds a ticket. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
