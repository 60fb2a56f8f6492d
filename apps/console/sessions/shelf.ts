import type { SessionKind } from "@vigil/api/resources/sessions.ts";
import type { Watched } from "../parts/watched.ts";
import type { Phase } from "./worker-session.ts";

/** What every kind of session has. */
interface Kept {
  readonly state: Pick<Watched<{ readonly phase: Phase }>, "get" | "watch">;
  close(): void;
}

/** The sessions of one kind, one for each device: made when a tab first asks for it, and kept. */
export class Shelf<T extends Kept> {
  readonly kind: SessionKind;
  readonly #onChange: () => void;
  readonly #all = new Map<string, T>();

  constructor(kind: SessionKind, onChange: () => void) {
    this.kind = kind;
    this.#onChange = onChange;
  }

  /** @param make the tab makes it, so that what a kind needs is loaded with its tab */
  of(device: string, make: (device: string) => T): T {
    const known = this.#all.get(device);
    if (known !== undefined) return known;
    const made = make(device);
    made.state.watch(this.#onChange);
    this.#all.set(device, made);
    return made;
  }

  /** Devices whose session is open or being opened. */
  get open(): readonly string[] {
    const isOpen = ({ state }: T): boolean => ["opening", "open"].includes(state.get().phase.name);
    return [...this.#all].filter(([, one]) => isOpen(one)).map(([device]) => device);
  }

  closeAll(): void {
    for (const one of this.#all.values()) one.close();
  }
}
