/**
 * What the chat panel needs from whoever mounts it. The panel knows neither lessons nor groups: it draws a chat document
 * (sync/documents/chat.ts) and writes into it what the person may write. See README.md for how to mount it.
 */
import type { Snippet } from 'svelte';
import type { ChatMessage } from '#sync/documents/chat-reader.ts';
import type { Author } from '#sync/documents/people.ts';
import type { ConnectedDocument } from '../classroom/sync.ts';

/** Somebody who may be mentioned. */
export type ChatPerson = Author;

/** What this person may do here. The server enforces it; this only decides what is offered. */
export interface ChatMay {
  /** Write, react, answer. False for those who watch. */
  readonly write: boolean;
  /** Delete what others wrote. */
  readonly remove?: boolean;
  readonly pin?: boolean;
  readonly mute?: boolean;
  /** Close the chat for everyone else, and open it again. */
  readonly close?: boolean;
  /**
   * Where files go and come from: POST here answers `{ id, name, type, bytes, width?, height? }`, GET of `<upload>/<id>`
   * gives the file. Absent: no files are offered, and those that are in the chat have no link.
   */
  readonly upload?: string;
}

export const MAY_READ: ChatMay = { write: false };
export const MAY_WRITE: ChatMay = { write: true };

export interface ChatProps {
  /** The chat's document, connected (`connectDocument`) or a copy (`documentFrom`). The one who mounts it destroys it. */
  readonly document: ConnectedDocument;
  readonly me: Author;
  readonly may: ChatMay;
  /** Whom `@` offers; authors of messages are known without it. */
  readonly people?: readonly ChatPerson[];
  /** Name of the region, for screen readers; "Chat" unless given. */
  readonly label?: string;
  /** In the empty field; "Write to everyone" unless given. */
  readonly placeholder?: string;
  /** What is said where nothing was written yet. */
  readonly empty?: string;
  /** Somebody wants a message of somebody else to be looked at; absent where nobody looks. */
  readonly onreport?: ((message: ChatMessage) => void) | undefined;
  /** At the left of the bar above the messages: a switch, a name. */
  readonly head?: Snippet;
  /** False leaves the bar with the search out. */
  readonly search?: boolean;
  /**
   * Messages of others that this person has not seen; bindable, set by the panel. For a chat that is not mounted see
   * `readingOf` (reading.ts).
   */
  unread?: number;
}
