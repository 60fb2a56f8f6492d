import { createContext, useContext } from "react";
import type { SessionKind } from "@vigil/api/resources/sessions.ts";
import { Watched } from "../parts/watched.ts";
import { DiskSession } from "./disk-session.ts";
import { ScreenSession } from "./screen-session.ts";
import { SerialSession } from "./serial-session.ts";
import type { Phase } from "./worker-session.ts";

/** A session that this console has open. */
export interface OwnSession {
  readonly device: string;
  readonly kind: SessionKind;
}

/**
 * The sessions of this console, whatever page it shows: made when a tab first asks for one, kept for as long as the console is open, so that a disk goes on
 * while its machine's screen is looked at.
 */
export class LiveSessions {
  /** Those that are open or being opened. */
  readonly open = new Watched<readonly OwnSession[]>([]);
  readonly #serial = new Map<string, SerialSession>();
  readonly #screen = new Map<string, ScreenSession>();
  readonly #disk = new Map<string, DiskSession>();

  serial(device: string): SerialSession {
    return this.#kept(this.#serial, device, () => new SerialSession(device));
  }

  screen(device: string): ScreenSession {
    return this.#kept(this.#screen, device, () => new ScreenSession(device));
  }

  disk(device: string): DiskSession {
    return this.#kept(this.#disk, device, () => new DiskSession(device));
  }

  closeAll(): void {
    for (const all of [this.#serial, this.#screen, this.#disk]) for (const one of all.values()) one.close();
  }

  #kept<T extends { readonly state: Pick<Watched<unknown>, "watch"> }>(
    all: Map<string, T>,
    device: string,
    make: () => T,
  ): T {
    const known = all.get(device);
    if (known !== undefined) return known;
    const made = make();
    made.state.watch(() => this.#look());
    all.set(device, made);
    return made;
  }

  #look(): void {
    const open = [...openIn("sol", this.#serial), ...openIn("kvm", this.#screen), ...openIn("ider", this.#disk)];
    const before = this.open.get();
    const isSame = open.length === before.length && open.every((one, index) => isEqual(one, before[index]));
    if (!isSame) this.open.set(open);
  }
}

function openIn(
  kind: SessionKind,
  all: ReadonlyMap<string, { readonly state: { get(): { readonly phase: Phase } } }>,
): readonly OwnSession[] {
  return [...all]
    .filter(([, { state }]) => ["opening", "open"].includes(state.get().phase.name))
    .map(([device]) => ({ device, kind }));
}

function isEqual(one: OwnSession, other: OwnSession | undefined): boolean {
  return one.device === other?.device && one.kind === other.kind;
}

/** main.tsx provides them. */
export const LiveSessionsContext = createContext<LiveSessions | null>(null);

export function useLiveSessions(): LiveSessions {
  const live = useContext(LiveSessionsContext);
  if (live === null) throw new Error("no sessions are provided");
  return live;
}
