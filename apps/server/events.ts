/** Something that watchers may want to see. It carries names, not state: whoever cares looks. */
export type ServerEvent =
  | { readonly kind: "device"; readonly id: string }
  | { readonly kind: "run"; readonly id: string }
  /** A note of the device's attempt to be provisioned, by its place in it. */
  | { readonly kind: "attempt"; readonly device: string; readonly number: number; readonly note: number }
  | { readonly kind: "result"; readonly run: string; readonly device: string };

/** News inside one process: lossy by design, never a reason to act. */
export class Events {
  readonly #watchers = new Set<(event: ServerEvent) => void>();

  publish(event: ServerEvent): void {
    for (const watcher of this.#watchers) watcher(event);
  }

  /** @returns cancels it */
  subscribe(watcher: (event: ServerEvent) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
