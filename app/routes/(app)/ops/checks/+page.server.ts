import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

const LATEST = 20;

/** What people's connectivity tests found, by the code that they read to support. */
export const load: PageServerLoad = async (event) => {
  personWith(event, 'ops');
  const { checks } = event.locals.services;
  const code = (event.url.searchParams.get('code') ?? '').trim().slice(0, 20);
  return {
    code,
    found: code === '' ? null : await checks.find(code),
    latest: code === '' ? await checks.latest(LATEST) : [],
  };
};
