/** Stream `review-<bookingId>`: one review a taught booking. */
export type ReviewEvent = {
  readonly type: 'ReviewWritten';
  readonly data: {
    readonly bookingId: string;
    readonly tutorId: string;
    readonly studentId: string;
    /** 1–5. */
    readonly rating: number;
    readonly text: string;
    readonly writtenAt: number;
  };
};
