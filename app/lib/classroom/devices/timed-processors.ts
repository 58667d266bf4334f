/**
 * Runs in the audio worklet, before the filter's own program: every processor that is registered after it tells about each
 * second of sound how much of that time it took, and whether sound went in and nothing came out. Has no imports, so that
 * it is one file.
 */
interface Processor {
  readonly port: MessagePort;
  process(inputs: Float32Array[][], outputs: Float32Array[][], parameters: unknown): boolean;
}
type Processors = new (options: unknown) => Processor;
interface WorkletScope {
  readonly sampleRate: number;
  registerProcessor(name: string, processor: Processors): void;
}

const SAMPLES = 128;
// Its own global: the DOM's types are this program's, and know nothing of a worklet's.
const scope = globalThis as unknown as WorkletScope;
const register = scope.registerProcessor.bind(scope);
/** Coarse clocks will do: what they add and leave out is the same on average. Few worklets have the fine one. */
const now = (): number => globalThis.performance?.now() ?? Date.now();
const sounds = ([first]: readonly Float32Array[][]): boolean => first?.[0]?.some((sample) => sample !== 0) === true;

scope.registerProcessor = (name, Given) => {
  register(
    name,
    class extends Given {
      #spentMs = 0;
      #turns = 0;
      #heard = false;
      #spoke = false;

      override process(inputs: Float32Array[][], outputs: Float32Array[][], parameters: unknown): boolean {
        const begun = now();
        const alive = super.process(inputs, outputs, parameters);
        this.#spentMs += now() - begun;
        this.#turns += 1;
        this.#heard ||= sounds(inputs);
        this.#spoke ||= sounds(outputs);
        const ms = (this.#turns * SAMPLES * 1_000) / scope.sampleRate;
        if (ms >= 1_000) {
          this.port.postMessage({ share: this.#spentMs / ms, dumb: this.#heard && !this.#spoke });
          this.#spentMs = 0;
          this.#turns = 0;
          this.#heard = false;
          this.#spoke = false;
        }
        return alive;
      }
    },
  );
};
