import type { Command } from '../shared/command.ts';
import type { Offer, TutorProfile } from './events.ts';

export type TutorCommand =
  | Command<'PublishTutorProfile', { tutorId: string; profile: TutorProfile }>
  | Command<'SetOffers', { tutorId: string; offers: readonly Offer[] }>
  | Command<'SetBookingMode', { tutorId: string; mode: 'instant' | 'accept' }>
  | Command<'ActivateLinkedAccount', { tutorId: string; accountId: string }>;
