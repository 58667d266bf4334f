/** Fan-out and leases between processes: in memory for one process, Redis for many. */
export interface Bus {
  readonly kind: 'memory' | 'redis';
  /** Fleeting: at most once, to every subscriber now listening, this process included. */
  publish(topic: string, message: unknown): Promise<void>;
  subscribe(topic: string, onMessage: (message: unknown) => void): Promise<() => Promise<void>>;
  /** Takes or renews a lease; null while someone else has it. `fence` rises each time the lease changes hands. */
  lease(name: string, holder: string, ttlMs: number): Promise<{ fence: number } | null>;
  release(name: string, holder: string): Promise<void>;
  /** Who has the lease now; null while nobody has. */
  holder(name: string): Promise<string | null>;
  close(): Promise<void>;
}
