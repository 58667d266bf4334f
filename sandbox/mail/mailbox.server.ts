import PostalMime from 'postal-mime';
import { createTables, integer, text, textOrNull, type Database, type Row } from '../shared/database.server.ts';
import { findLinks } from './links.ts';

export interface Message {
  readonly id: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** Milliseconds since the epoch, by the sandbox's clock. */
  readonly at: number;
  readonly text: string;
  /** Every address found in the text and the HTML, each once, in order. */
  readonly links: readonly string[];
  readonly attachments: readonly string[];
}

export interface Attachment {
  readonly name: string;
  readonly type: string;
  readonly body: Uint8Array;
}

export interface Mailbox {
  /** Resolves once the mail is durable. */
  receive(raw: Buffer, envelope: { from: string; to: readonly string[] }): Promise<void>;
  /** Newest first; `to` is one address, in any case of letters. */
  list(filter: { to: string | null; limit: number }): Message[];
  find(id: number): Message | undefined;
  html(id: number): string | undefined;
  /** `index` counts from 0. */
  attachment(id: number, index: number): Attachment | undefined;
}

const KEPT = 5_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, recipients TEXT NOT NULL, subject TEXT NOT NULL,
    at_ms INTEGER NOT NULL, text TEXT NOT NULL, html TEXT, links TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS mail_recipient (mail_id INTEGER NOT NULL, address TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS mail_recipient_address ON mail_recipient (address, mail_id);
  CREATE TABLE IF NOT EXISTS mail_attachment (
    mail_id INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (mail_id, position))`;

function list(row: Row, column: string): string[] {
  const value: unknown = JSON.parse(text(row, column));
  return Array.isArray(value) ? value.map(String) : [];
}

export function createMailbox(database: Database, now: () => number): Mailbox {
  createTables(database, TABLES);

  const forgetOldest = (): void => {
    const oldest = database.get('SELECT max(id) - ? AS id FROM mail', KEPT);
    if (!oldest || oldest.id === null) return;
    const id = integer(oldest, 'id');
    database.run('DELETE FROM mail WHERE id <= ?', id);
    database.run('DELETE FROM mail_recipient WHERE mail_id <= ?', id);
    database.run('DELETE FROM mail_attachment WHERE mail_id <= ?', id);
  };

  const read = (row: Row): Message => {
    const id = integer(row, 'id');
    const attachments = database.all('SELECT name FROM mail_attachment WHERE mail_id = ? ORDER BY position', id);
    return {
      id,
      from: text(row, 'sender'),
      to: list(row, 'recipients'),
      subject: text(row, 'subject'),
      at: integer(row, 'at_ms'),
      text: text(row, 'text'),
      links: list(row, 'links'),
      attachments: attachments.map((attachment) => text(attachment, 'name')),
    };
  };

  return {
    async receive(raw, envelope) {
      const mail = await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' });
      const sender = mail.from?.address ? `${mail.from.name ?? ''} <${mail.from.address}>`.trim() : envelope.from;
      const body = mail.text ?? '';
      database.transaction(() => {
        const made = database.get(
          `INSERT INTO mail (sender, recipients, subject, at_ms, text, html, links)
           VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
          sender,
          JSON.stringify(envelope.to),
          mail.subject ?? '',
          now(),
          body,
          mail.html ?? null,
          JSON.stringify(findLinks(body, mail.html ?? '')),
        );
        if (!made) throw new Error('the mail was not stored');
        const id = integer(made, 'id');
        for (const address of new Set(envelope.to.map((to) => to.toLowerCase()))) {
          database.run('INSERT INTO mail_recipient (mail_id, address) VALUES (?, ?)', id, address);
        }
        mail.attachments.forEach((attachment, position) => {
          database.run(
            'INSERT INTO mail_attachment (mail_id, position, name, type, body) VALUES (?, ?, ?, ?, ?)',
            id,
            position,
            attachment.filename ?? `attachment-${position}`,
            attachment.mimeType,
            typeof attachment.content === 'string'
              ? Buffer.from(attachment.content)
              : new Uint8Array(attachment.content),
          );
        });
        forgetOldest();
      });
    },
    list({ to, limit }) {
      const address = to?.toLowerCase() ?? null;
      return database
        .all(
          `SELECT * FROM mail WHERE ? IS NULL OR id IN (SELECT mail_id FROM mail_recipient WHERE address = ?)
           ORDER BY id DESC LIMIT ?`,
          address,
          address,
          limit,
        )
        .map(read);
    },
    find(id) {
      const row = database.get('SELECT * FROM mail WHERE id = ?', id);
      return row && read(row);
    },
    html(id) {
      const row = database.get('SELECT html, text FROM mail WHERE id = ?', id);
      return row && (textOrNull(row, 'html') ?? plainPage(text(row, 'text')));
    },
    attachment(id, index) {
      const row = database.get('SELECT * FROM mail_attachment WHERE mail_id = ? AND position = ?', id, index);
      if (!row || !(row.body instanceof Uint8Array)) return undefined;
      return { name: text(row, 'name'), type: text(row, 'type'), body: row.body };
    },
  };
}

function plainPage(content: string): string {
  const escaped = content.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  return `<!doctype html><meta charset="utf-8"><pre style="white-space:pre-wrap;font:inherit">${escaped}</pre>`;
}
