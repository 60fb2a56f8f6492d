import { useSyncExternalStore } from "react";

/** A value that changes by itself, and that parts of a page may watch. */
export class Watched<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  /** @returns stops watching */
  readonly watch = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: T): void {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  /** Sets some of its fields. */
  change(part: Partial<T>): void {
    this.set({ ...this.#value, ...part });
  }
}

/** The value as it is now; the caller is drawn again when it changes. */
export function useWatched<T>(watched: Watched<T>): T {
  return useSyncExternalStore(watched.watch, watched.get);
}
