export interface Settings {
  /** 0 takes any free port. */
  readonly port: number;
  /** Folder of the durable state, made when absent. */
  readonly dataFolder: string;
  readonly keyId: string;
  readonly keySecret: string;
  readonly webhookSecret: string;
  /** Null until the control surface names one; webhooks wait for it. */
  readonly webhookUrl: string | null;
  /** Milliseconds ahead of the wall clock; null keeps what the last run had. */
  readonly clockOffsetMs: number | null;
}

/** Reads the whole configuration once. Throws one error that names every wrong setting. */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const wrong: string[] = [];
  const required = (name: string): string => {
    const value = env[name] ?? '';
    if (value === '') wrong.push(`${name} is missing`);
    return value;
  };
  const whole = (name: string): number | null => {
    const value = env[name];
    if (value === undefined || value === '') return null;
    if (!/^-?\d+$/.test(value)) wrong.push(`${name} is not a whole number`);
    return Number(value);
  };
  const port = whole('SANDBOX_PORT') ?? 0;
  if (port < 0 || port > 65_535) wrong.push('SANDBOX_PORT is not a port');
  const webhookUrl = env.SANDBOX_WEBHOOK_URL || null;
  if (webhookUrl !== null && !/^https?:\/\//.test(webhookUrl)) wrong.push('SANDBOX_WEBHOOK_URL is not an http URL');
  const settings: Settings = {
    port,
    dataFolder: required('SANDBOX_DATA'),
    keyId: required('SANDBOX_KEY_ID'),
    keySecret: required('SANDBOX_KEY_SECRET'),
    webhookSecret: required('SANDBOX_WEBHOOK_SECRET'),
    webhookUrl,
    clockOffsetMs: whole('SANDBOX_CLOCK_OFFSET_MS'),
  };
  if (settings.keyId !== '' && !settings.keyId.startsWith('rzp_test_')) {
    wrong.push('SANDBOX_KEY_ID must begin with rzp_test_: no live key belongs in a sandbox');
  }
  if (wrong.length > 0) throw new Error(`The sandbox cannot start: ${wrong.join('; ')}.`);
  return settings;
}
