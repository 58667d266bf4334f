/** Sends planned mails by SMTP. The Message-ID is the mail's own, so a mail that is sent twice is one to its reader. */
import { createTransport } from 'nodemailer';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';

export interface Mail {
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** An iCalendar file. */
  readonly calendar: string | null;
}

export interface MailPort {
  /** Throws when the server did not take it. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** `url`: smtp://user:password@host:port or smtps://…, asked at each mail, for it may move; `from`: `NexusEd <no-reply@…>`. */
export function openSmtp(url: () => string, from: string): MailPort {
  const open = (at: string) => createTransport({ url: at, pool: true, maxConnections: 2, ...TIMEOUTS }, { from });
  let current = { at: url(), transport: open(url()) };

  function transportNow() {
    const at = url();
    if (at !== current.at) {
      current.transport.close();
      current = { at, transport: open(at) };
    }
    return current.transport;
  }

  return {
    async send({ to, subject, text, html, messageId, calendar }) {
      const method = calendar?.includes('METHOD:CANCEL') ? 'CANCEL' : 'PUBLISH';
      await transportNow().sendMail({
        to,
        subject,
        text,
        html,
        messageId,
        ...(calendar !== null && {
          attachments: [
            {
              filename: 'lesson.ics',
              content: calendar,
              contentType: `text/calendar; charset=utf-8; method=${method}`,
            },
          ],
        }),
      });
    },
    close: () => current.transport.close(),
  };
}

interface MailRow {
  readonly mail_id: string;
  readonly person_id: string;
  readonly subject: string;
  readonly body: string;
  readonly href: string | null;
  readonly calendar: string | null;
  readonly attempts: number;
}

const AT_A_TIME = 20;
/** About a day of tries. */
const MAX_ATTEMPTS = 20;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Simple html of a plain text: its paragraphs, and its addresses as links. */
export function htmlOf(text: string): string {
  const paragraphs = text.trim().split(/\n{2,}/);
  return paragraphs
    .map((paragraph) => {
      const parts = paragraph.split(/(https?:\/\/\S+)/);
      const linked = parts.map((part, index) =>
        index % 2 === 1 ? `<a href="${escaped(part)}">${escaped(part)}</a>` : escaped(part).replaceAll('\n', '<br>'),
      );
      return `<p>${linked.join('')}</p>`;
    })
    .join('\n');
}

/** Plain text and html of the same words. `link`: absolute, or null; without a name, the words stand alone. */
export function lettersOf(name: string, body: string, link: string | null): { text: string; html: string } {
  const parts = link === null ? [body] : [body, link];
  const text = (name === '' ? parts : [`Hello ${name},`, ...parts, 'NexusEd']).join('\n\n');
  return { text, html: htmlOf(text) };
}

/** What may be kept of a failure: a server's answer, which an error's message repeats, names the reader's address. */
export function failureOf(error: unknown): {
  readonly code: string;
  readonly responseCode?: number;
  readonly command?: string;
} {
  const field = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const [code, responseCode, command] = [field('code'), field('responseCode'), field('command')];
  return {
    code: typeof code === 'string' ? code : 'unknown',
    ...(typeof responseCode === 'number' && { responseCode }),
    // The verb alone; an address may follow it.
    ...(typeof command === 'string' && { command: command.replace(/[:<].*$/s, '') }),
  };
}

export interface MailerSettings {
  readonly db: Database;
  readonly mail: MailPort;
  /** Where the product is reached, without a slash at the end; null: mails carry no link. */
  readonly publicUrl: () => string | null;
  readonly log: Log;
}

export function createMailer({ db, mail, publicUrl, log }: MailerSettings): { run(): Promise<boolean> } {
  async function sendOne(row: MailRow): Promise<void> {
    const [account] = await db.query<{ name: string; email: string }>(
      'SELECT name, email FROM person_name WHERE person_id = $1',
      [row.person_id],
    );
    if (!account) {
      // The account is gone; there is nobody to write to any more.
      await db.query(`UPDATE worker.mail SET state = 'dropped' WHERE mail_id = $1`, [row.mail_id]);
      return;
    }
    const base = publicUrl();
    const link = base === null || row.href === null ? null : `${base}${row.href}`;
    try {
      await mail.send({
        to: { name: account.name, address: account.email },
        subject: row.subject,
        ...lettersOf(account.name, row.body, link),
        messageId: `<${row.mail_id}@nexused>`,
        calendar: row.calendar,
      });
      await db.query(
        `UPDATE worker.mail SET state = 'sent', attempts = attempts + 1, sent_at = $2 WHERE mail_id = $1`,
        [row.mail_id, Date.now()],
      );
    } catch (error) {
      const last = row.attempts + 1 >= MAX_ATTEMPTS;
      const failure = failureOf(error);
      log.warn({ ...failure, mailId: row.mail_id, attempts: row.attempts + 1, last }, 'a mail could not be sent');
      await db.query(
        `UPDATE worker.mail SET state = $2, attempts = attempts + 1, next_at = $3, problem = $4 WHERE mail_id = $1`,
        [
          row.mail_id,
          last ? 'failed' : 'planned',
          Math.round(Date.now() + Math.min(7_200_000, 2_000 * 2 ** Math.min(row.attempts, 12))),
          JSON.stringify(failure),
        ],
      );
    }
  }

  return {
    async run() {
      const rows = await db.query<MailRow>(
        `SELECT mail_id, person_id, subject, body, href, calendar, attempts FROM worker.mail
         WHERE state = 'planned' AND next_at <= $1 ORDER BY created_at, mail_id LIMIT $2`,
        [Date.now(), AT_A_TIME],
      );
      for (const row of rows) await sendOne(row);
      return rows.length === AT_A_TIME;
    },
  };
}
