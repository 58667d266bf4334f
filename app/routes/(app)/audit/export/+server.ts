import { personWith } from '$lib/guard.ts';
import { exportAnswer } from '$lib/verify/export-answer.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  const person = personWith(event, 'auditor');
  const { audit, copyTaken } = event.locals.services;
  return exportAnswer(await audit.exportLog(person, { kind: 'whole' }), () =>
    copyTaken(person, 'auditor', 'log', null),
  );
};
