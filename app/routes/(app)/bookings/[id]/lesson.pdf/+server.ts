import { lessonReceipt } from '#app/server/papers/lesson-receipt.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { pdfFile } from '$lib/pdf-file.ts';
import { zoneOf } from '$lib/zone-of.ts';
import { lessonPaperOf } from '../paper-of.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  const { person, paper } = await lessonPaperOf(event);
  const bytes = await event.locals.services.pdf(lessonReceipt(paper, messagesIn('en'), zoneOf(event.cookies, person)));
  return pdfFile(`nexused-lesson-${paper.bookingId}.pdf`, bytes);
};
