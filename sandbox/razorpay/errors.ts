export type ErrorCode = 'BAD_REQUEST_ERROR' | 'GATEWAY_ERROR' | 'SERVER_ERROR';

/** What the provider puts into `error`, besides `metadata`. */
export interface ErrorDetail {
  readonly code: ErrorCode;
  readonly description: string;
  readonly source: string;
  readonly step: string;
  readonly reason: string;
}

export interface ErrorEnvelope {
  readonly error: ErrorDetail & { readonly field?: string; readonly metadata: Readonly<Record<string, string>> };
}

/** A refusal on its way to the caller; the route turns it into the envelope and rolls back. */
export class ApiError extends Error {
  readonly status: number;
  readonly envelope: ErrorEnvelope;

  constructor(status: number, envelope: ErrorEnvelope) {
    super(envelope.error.description);
    this.status = status;
    this.envelope = envelope;
  }
}

/** 400 for wrong input; `field` names the parameter when there is one. */
export function invalid(description: string, field?: string): ApiError {
  return new ApiError(400, {
    error: {
      code: 'BAD_REQUEST_ERROR',
      description,
      source: 'business',
      step: 'payment_initiation',
      reason: 'input_validation_failed',
      metadata: {},
      ...(field === undefined ? {} : { field }),
    },
  });
}

/** A refusal that has nothing to do with one parameter: source, step and reason are `NA`. */
export function refused(status: number, description: string, code: ErrorCode = 'BAD_REQUEST_ERROR'): ApiError {
  return new ApiError(status, { error: { code, description, source: 'NA', step: 'NA', reason: 'NA', metadata: {} } });
}

export const unknownId = (): ApiError => invalid('The id provided does not exist');
export const malformedId = (id: string): ApiError => invalid(`${id} is not a valid id`);
