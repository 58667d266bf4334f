import type { Evidence } from '#events/evidence/evidence.ts';
import type { Position } from '#events/store/event-store.ts';

/** An event that the evidence names, so that it can be held against an export of the booking. */
export interface EvidenceEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  /** Business ms. */
  readonly at: number;
  readonly position: Position;
  readonly chain: string;
}

/** What of a case leaves the house: on paper, and signed by itself (EV16). */
export interface EvidenceTold {
  readonly bookingId: string;
  readonly evidence: Evidence;
  /** SHA-256 of the evidence as canonical JSON, hex: its fingerprint. */
  readonly hash: string;
  /** The act of deciding with which it was kept; null: as it stood when the file was made. */
  readonly kept: { readonly event: string; readonly step: 'proposal' | 'approval'; readonly at: number } | null;
  readonly events: readonly EvidenceEvent[];
}
