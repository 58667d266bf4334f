type Data = Readonly<Record<string, unknown>>;

/** Version 2 knows the provider's fee; before, none was recorded. */
export const transferProcessed = (data: Data): Data => ({ fee: 0, tax: 0, ...data });
