import { AsyncLocalStorage } from "node:async_hooks";
import type { AuditPath } from "@vigil/api/resources/audit.ts";

/** Over which path the work at hand was asked for. What nobody asked for, Vigil does by itself. */
export class Paths {
  readonly #current = new AsyncLocalStorage<AuditPath>();

  /** Everything that `work` does, and what it starts and does not wait for, is done over that path. */
  run<R>(path: AuditPath, work: () => R): R {
    return this.#current.run(path, work);
  }

  get current(): AuditPath {
    return this.#current.getStore() ?? "vigil";
  }
}
