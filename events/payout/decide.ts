import type { Command } from '../shared/command.ts';

export type PayoutCommand =
  | Command<
      'PlanPayout',
      {
        bookingId: string;
        tutorId: string;
        accountId: string;
        providerPaymentId: string;
        gross: number;
        commissionBps: number;
        holdMs: number;
      }
    >
  | Command<'RequestTransfer', { bookingId: string; operationId: string }>
  | Command<'RecordTransfer', { bookingId: string; transferId: string; amount: number }>
  | Command<'RecordTransferFailure', { bookingId: string; reason: string }>
  | Command<'StartHold', { bookingId: string; t0: number }>
  | Command<'AuthorizeRelease', { bookingId: string; operationId: string }>
  | Command<'RecordHoldLifted', { bookingId: string; transferId: string; amount: number }>
  | Command<'RecordSettlement', { bookingId: string; settlementId: string }>
  | Command<'RequestReversal', { bookingId: string; operationId: string; amount: number; reason: string }>
  | Command<'RecordReversal', { bookingId: string; operationId: string; reversalId: string; amount: number }>
  | Command<'CancelPayout', { bookingId: string; reason: string }>;
