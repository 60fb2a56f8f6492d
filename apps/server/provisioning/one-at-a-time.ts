/**
 * Lets one piece of work at a device at a time, in this process: two that set its password at once could each undo what the other
 * has stored. Bounded by the lanes that use it.
 */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Waits for those before it, however they end. */
  async run<R>(device: string, work: () => Promise<R>): Promise<R> {
    const before = this.#last.get(device) ?? Promise.resolve();
    const turn = before.then(work, work);
    const settled = turn.catch(() => {});
    this.#last.set(device, settled);
    try {
      return await turn;
    } finally {
      if (this.#last.get(device) === settled) this.#last.delete(device);
    }
  }
}
