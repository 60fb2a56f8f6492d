import { createContext, useContext } from "react";
import type { SessionKind } from "@vigil/api/resources/sessions.ts";
import { Watched } from "../parts/watched.ts";
import type { DiskSession } from "./disk-session.ts";
import type { ScreenSession } from "./screen-session.ts";
import type { SerialSession } from "./serial-session.ts";
import { Shelf } from "./shelf.ts";

/** A session that this console has open. */
export interface OwnSession {
  readonly device: string;
  readonly kind: SessionKind;
}

/**
 * The sessions of this console, whatever page it shows: they are kept for as long as it is open, so that a disk goes on while its machine's
 * screen is looked at.
 */
export class LiveSessions {
  /** Those that are open or being opened. */
  readonly open = new Watched<readonly OwnSession[]>([]);
  readonly serial = new Shelf<SerialSession>("sol", () => this.#look());
  readonly screen = new Shelf<ScreenSession>("kvm", () => this.#look());
  readonly disk = new Shelf<DiskSession>("ider", () => this.#look());

  closeAll(): void {
    for (const shelf of [this.serial, this.screen, this.disk]) shelf.closeAll();
  }

  #look(): void {
    const open = [this.serial, this.screen, this.disk].flatMap(({ kind, open: devices }) =>
      devices.map((device) => ({ device, kind })),
    );
    const before = this.open.get();
    const isSame = open.length === before.length && open.every((one, index) => isEqual(one, before[index]));
    if (!isSame) this.open.set(open);
  }
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
