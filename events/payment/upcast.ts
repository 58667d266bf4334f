/** Version 2 says what the provider kept of a surplus payment; before that it was not recorded. */
export const surplusPaymentDetected = (data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  ...data,
  fee: 0,
  tax: 0,
});
