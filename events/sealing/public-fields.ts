/**
 * Texts of events that stay readable for ever, also when the person is erased: they are no words or data of
 * somebody, except what ops writes in its decisions (below).
 * Everything else is sealed (sealed-fields.ts); a test holds each text of each event against both lists.
 */

/** Names that mean the same in every event. */
export const PUBLIC_NAMES: ReadonlySet<string> = new Set([
  // Ids: without a name and an account they are pseudonyms.
  'accountId',
  'approvedBy',
  'bookedBy',
  'bookingId',
  'by',
  'chargebackId',
  'connectionId',
  'decidedBy',
  'disputeId',
  'fromLessonId',
  'guardianId',
  'instituteId',
  'lessonId',
  'offerId',
  'openedBy',
  'operationId',
  'orderId',
  'personId',
  'previousLessonId',
  'productId',
  'proposalId',
  'providerPaymentId',
  'providerRefundId',
  'receipt',
  'refundId',
  'reversalId',
  'settlementId',
  'studentId',
  'transferId',
  'tutorId',
  // Words that we choose.
  'as',
  'businessType',
  'cause',
  'direction',
  'kind',
  'method',
  'mode',
  'outcome',
  'phase',
  'reasonCode',
  'role',
  'rule',
  'surface',
  'why',
]);

/** `Type.path`, for names that mean different things. */
export const PUBLIC_FIELDS: ReadonlySet<string> = new Set([
  // Our own codes, names of zones, times on the wall.
  'AvailabilitySet.zone',
  'AvailabilitySet.windows.*.from',
  'AvailabilitySet.windows.*.to',
  'BookingDeclined.reason',
  'BookingRequested.policy.version',
  'ChargebackAnswerFailed.answer',
  'LessonCancelled.reason',
  'LessonScheduled.code',
  'OutcomeDecided.reasons.*',
  'ParticipantLeft.reason',
  'PayoutCancelled.reason',
  'PayoutPaused.reason',
  'PayoutResumed.reason',
  'PersonRegistered.zone',
  'RefundDelayed.reason',
  'RefundRequested.reason',
  'RescheduleDeclined.reason',
  'ReversalRequested.reason',
  'SeatMoveRefused.reason',
  'SeatRefused.reason',
  'ZoneChanged.zone',
  // What the provider says of a transaction.
  'PaymentAttemptFailed.reason',
  'PaymentAttemptFailed.description',
  'RefundFailed.reason',
  'ReversalFailed.reason',
  'TransferFailed.reason',
  'ChargebackAnswerFailed.reason',
  'StaleObservationRecorded.status',
  'LinkedAccountNeedsClarification.requirements.*.field',
  // What is taught, and by which institute.
  'BookingRequested.subject',
  'LessonScheduled.subject',
  'TutorProfilePublished.profile.subjects.*',
  'TutorProfilePublished.profile.levels.*',
  'TutorProfilePublished.profile.languages.*',
  'InstituteFounded.name',
  // What ops writes when it decides. These events do not say whose case it is, so there is no key to seal them with: they
  // stay readable after an erasure. Ops is told beside the field to name nobody; nothing here can hold them to it.
  'AcceptRequested.reason',
  'ContestRequested.summary',
  'DisputeResolved.reason',
  'ResolutionProposed.reason',
  'ResolutionRejected.reason',
]);
