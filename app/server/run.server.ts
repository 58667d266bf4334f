/** Runs a program until it is told to stop: signals, a second impatient Ctrl-C, and errors in words. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

const STOP_WITHIN_MS = 12_000;
const IMPATIENT_MS = 2_000;

/** `plain`: errors that the person at the terminal can mend, so that their message is all they see. */
export async function runProgram(
  name: string,
  start: () => Promise<Running>,
  plain: readonly (new (...args: never[]) => Error)[],
): Promise<void> {
  try {
    const running = await start();
    let stoppingSince = 0;
    const stop = (signal: string): void => {
      // Ctrl-C can arrive twice, from the terminal and from npm; only a later one means "at once".
      if (stoppingSince > 0) {
        if (Date.now() - stoppingSince > IMPATIENT_MS) process.exit(1);
        return;
      }
      stoppingSince = Date.now();
      process.stdout.write(`\n${signal}: finishing what is under way …\n`);
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      running.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
          process.exit(1);
        },
      );
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
    // The process that started us is gone.
    process.on('disconnect', () => stop('SIGHUP'));
  } catch (error) {
    const message =
      error instanceof Error
        ? plain.some((one) => error instanceof one)
          ? error.message
          : error.stack
        : String(error);
    process.stderr.write(`${name} did not start: ${message}\n`);
    process.exit(1);
  }
}
