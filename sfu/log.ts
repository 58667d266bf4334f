/** The part of a pino logger that live media needs. No line ever holds a ticket or a resume token. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
