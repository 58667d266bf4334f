import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => ({ publicKey: locals.services.audit.key.publicKey });
