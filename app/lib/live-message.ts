/** What the server says on `/live`. Fleeting: a page shows it and asks for the truth again. */
export type LiveMessage =
  | {
      readonly type: 'lesson-started';
      readonly code: string;
      readonly subject: string;
      readonly tutorName: string;
    }
  | {
      readonly type: 'notice';
      readonly title: string;
      readonly body: string;
      readonly href: string | null;
    }
  | { readonly type: 'booking-changed'; readonly bookingId: string }
  | { readonly type: 'conversation-changed'; readonly conversationId: string };

const CODE = /^nx-[a-z0-9]{4,16}$/;

/** Only addresses of our own: a path, never another host. */
function ownPath(value: unknown): string | null {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : null;
}

/** The message if it is one that this page knows, else null: a newer server may say more. */
export function liveMessage(value: unknown): LiveMessage | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = new Map<string, unknown>(Object.entries(value));
  const text = (name: string): string => {
    const field = fields.get(name);
    return typeof field === 'string' ? field : '';
  };
  switch (fields.get('type')) {
    case 'lesson-started':
      return CODE.test(text('code'))
        ? { type: 'lesson-started', code: text('code'), subject: text('subject'), tutorName: text('tutorName') }
        : null;
    case 'notice':
      return text('title')
        ? { type: 'notice', title: text('title'), body: text('body'), href: ownPath(fields.get('href')) }
        : null;
    case 'booking-changed':
      return { type: 'booking-changed', bookingId: text('bookingId') };
    case 'conversation-changed':
      return { type: 'conversation-changed', conversationId: text('conversationId') };
    default:
      return null;
  }
}
