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
      /** Cookie header helpers for the auth handler live in /api/auth; pages only read `person`. */
    }
  }
}

export {};
