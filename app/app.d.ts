import type { Person, Services } from './server/services.ts';

declare global {
  namespace App {
    interface Error {
      message: string;
      /** Stable code, for support. */
      code?: string;
      correlationId?: string;
    }
    interface Locals {
      services: Services;
      person: Person | null;
      correlationId: string;
      /** An error of this request passes by itself: it is answered with 503. */
      passing?: boolean;
    }
  }
}

export {};
