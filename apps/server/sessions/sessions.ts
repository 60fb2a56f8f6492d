import { randomUUID } from "node:crypto";
import type { WebSocket } from "ws";
import type { OpenSession } from "@vigil/amt-client/redirection/session.ts";
import type { LiveSession, SessionFrame, SessionKind } from "@vigil/api/resources/sessions.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { reportOf, VigilError, type ErrorDetails, type ErrorReport } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Caller } from "../access/access.ts";
import type { Audit } from "../audit/audit.ts";
import type { DeviceRecord, Devices } from "../devices/devices.ts";
import { fail as forbid } from "../errors.ts";
import { fail } from "./errors.ts";
import type { Recordings, RecordingUnderWay } from "./recordings.ts";
import { dismiss, Relay } from "./relay.ts";
import {
  endSummary,
  hasPowerOver,
  kindWords,
  permissionFor,
  usualLimits,
  type Grant,
  type SessionLimits,
} from "./session.ts";
import { Tickets } from "./tickets.ts";

export interface SessionsDeps {
  readonly devices: Devices;
  readonly audit: Audit;
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly log: Log;
  readonly recordings: Recordings;
  readonly limits?: SessionLimits;
}

/** A session from the moment that its ticket was shown. */
interface Live {
  readonly grant: Grant;
  readonly device: DeviceRecord;
  readonly startedAt: Date;
  /** Ends the opening. */
  readonly opening: AbortController;
  /** Present as soon as it is open. */
  relay?: Relay;
  isRecorded: boolean;
  /** Resolves when nothing of it is open any more. */
  over: Promise<void>;
}

interface Opened {
  readonly session: OpenSession;
  readonly recording: RecordingUnderWay | undefined;
}

/** How often, and for how long, a device that still thinks itself busy is asked again after a session was taken over. */
const againMs = 250;
const mostAgains = 12;

/**
 * The live sessions with devices: who may have one, which are open, and their ends. One of a kind at each device.
 *
 * A session: asked for (a ticket is out) -> opening when the ticket is shown on a web socket -> open, a relay runs -> over. From opening on it holds
 * its place, until the device's connection is closed.
 */
export class Sessions {
  readonly #deps: SessionsDeps;
  readonly #limits: SessionLimits;
  readonly #tickets: Tickets<Grant>;
  readonly #live = new Map<string, Live>();
  #isStopped = false;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
    this.#limits = deps.limits ?? usualLimits;
    this.#tickets = new Tickets(deps.clock);
  }

  /**
   * A ticket for one session.
   * @throws access.forbidden, devices.unknown, devices.state.wrong, sessions.busy, sessions.too-many (caller)
   */
  async ask(
    caller: Caller,
    uuid: string,
    wanted: { readonly kind: SessionKind; readonly takeOver?: boolean; readonly isViewOnly?: boolean },
  ): Promise<{ readonly id: string; readonly ticket: string; readonly expiresAt: Date }> {
    const { kind, takeOver = false, isViewOnly = false } = wanted;
    const permission = permissionFor(kind);
    if (!caller.permissions.includes(permission)) throw forbid("access.forbidden", { details: { permission } });
    const { state } = await this.#deps.devices.get(uuid);
    if (state !== "provisioned") {
      throw forbid("devices.state.wrong", { details: { device: uuid, state, needed: "provisioned" } });
    }
    const id = randomUUID();
    const grant = { id, caller, device: uuid, kind, isViewOnly: isViewOnly && kind === "kvm", takesOver: takeOver };
    // What can be said now is said now; when the ticket is shown, it is looked at again.
    this.#checkPlace(grant);
    return { id, ...this.#tickets.give(grant) };
  }

  /** Those that the caller may see, the oldest first. */
  list(caller: Caller): LiveSession[] {
    return [...this.#live.values()]
      .filter(({ grant }) => hasPowerOver(caller, grant.caller))
      .map((one) => this.#shown(one));
  }

  /** Ends a session. @throws sessions.unknown (caller) */
  async kill(caller: Caller, id: string): Promise<void> {
    const live = this.#live.get(id);
    // Who may not see it is not told that it is there.
    if (live === undefined || !hasPowerOver(caller, live.grant.caller)) {
      throw fail("sessions.unknown", { details: { session: id } });
    }
    await this.#end(live, endedBy("sessions.killed", caller.actor));
  }

  /** A login is good no more: its sessions end. */
  loggedOut(login: string): void {
    for (const live of this.#live.values()) {
      if (live.grant.caller.login === login) void this.#end(live, fail("sessions.revoked"));
    }
  }

  /** Ends all of them, and lets no more in. Resolves when no device is held any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#live.values()].map((live) => this.#end(live, fail("sessions.stopped"))));
  }

  /**
   * Serves a web socket that shows a ticket, until it is over. Never rejects.
   * @param login that the socket was opened with; undefined: none
   */
  async serve(socket: WebSocket, ticket: string, login: string | undefined): Promise<void> {
    const grant = this.#tickets.take(ticket);
    try {
      if (this.#isStopped) throw fail("sessions.stopped");
      if (grant === undefined || grant.caller.login !== login) throw fail("sessions.ticket.invalid");
      const device = await this.#deps.devices.get(grant.device);
      await this.#freePlace(grant);
      await this.#hold(grant, device, socket);
    } catch (error) {
      dismiss(socket, { type: "failed", error: { ...reportOf(error), details: { ...reportOf(error).details } } });
    }
  }

  /** Makes a place in the list, opens the session and relays it, and gives the place back. @throws why it does not open */
  async #hold(grant: Grant, device: DeviceRecord, socket: WebSocket): Promise<void> {
    const opening = new AbortController();
    const closed = (): void => opening.abort(forbid("api.caller.gone"));
    const early = (): void => opening.abort(fail("sessions.frame.unexpected"));
    socket.once("close", closed).once("message", early);
    if (socket.readyState !== socket.OPEN) closed();
    const { promise: over, resolve: isOver } = Promise.withResolvers<void>();
    const live: Live = { grant, device, startedAt: new Date(this.#deps.clock.now()), opening, isRecorded: false, over };
    this.#live.set(grant.id, live);
    try {
      const opened = await this.#opened(live);
      socket.off("close", closed).off("message", early);
      await this.#relayed(live, opened, socket);
    } finally {
      this.#live.delete(grant.id);
      isOver();
    }
  }

  /** What should be recorded or written down and cannot be is not opened. */
  async #opened(live: Live): Promise<Opened> {
    const { grant, device, opening } = live;
    const { devices, recordings } = this.#deps;
    const { signal } = opening;
    let session: OpenSession | undefined;
    let recording: RecordingUnderWay | undefined;
    try {
      session = await devices.using(grant.device, { signal }, (one) =>
        this.#patiently(grant, signal, () => one.sessions.open(grant.kind, { signal })),
      );
      recording = await recordings.begin(grant, device);
      await this.#note(live, "session.opened", `Opened a session of the ${kindWords[grant.kind]}`, {
        viewOnly: grant.isViewOnly,
        path: "direct",
        channel: device.channel,
        recorded: recording !== undefined,
      });
      signal.throwIfAborted();
      return { session, recording };
    } catch (error) {
      session?.close();
      await recording?.end();
      const { code, message } = reportOf(error);
      const summary = `A session of the ${kindWords[grant.kind]} did not open: ${message}`;
      await this.#note(live, "session.failed", summary, { code });
      throw error;
    }
  }

  /** Asks a device again that has not noticed yet that the session which was taken over is gone. */
  async #patiently(grant: Grant, signal: AbortSignal, open: () => Promise<OpenSession>): Promise<OpenSession> {
    for (let again = 0; ; again += 1) {
      try {
        return await open();
      } catch (error) {
        const isBusy = error instanceof VigilError && error.code === "amt.redirection.busy";
        if (!isBusy || !grant.takesOver || again >= mostAgains) throw error;
        await this.#deps.clock.sleep(againMs, signal);
      }
    }
  }

  async #relayed(live: Live, { session, recording }: Opened, socket: WebSocket): Promise<void> {
    const { grant } = live;
    const { clock, log } = this.#deps;
    const { idleMs, totalMs } = this.#limits;
    const { kind, isViewOnly } = grant;
    socket.send(JSON.stringify({ type: "opened", session: grant.id, kind } satisfies SessionFrame));
    const started = clock.monotonic();
    const relay = new Relay({
      socket,
      session,
      clock,
      isViewOnly,
      idleMs: idleMs[kind],
      totalMs: totalMs[kind],
      ...(recording === undefined ? {} : { recorder: recording.recorder }),
    });
    live.relay = relay;
    live.isRecorded = recording !== undefined;
    if (socket.readyState !== socket.OPEN) relay.end(null);
    const error = await relay.over;
    const seconds = Math.round((clock.monotonic() - started) / 1000);
    await this.#note(live, "session.ended", endSummary(kind, seconds, error), {
      seconds,
      bytesFromDevice: relay.bytesFromDevice,
      bytesToDevice: relay.bytesToDevice,
      code: error?.code ?? null,
      ...byOf(error),
    });
    await recording?.end().catch((cause: unknown) => log.error("a recording's end was not noted", { error: cause }));
  }

  /** @throws sessions.busy, sessions.too-many, access.forbidden (caller) unless there is a place or one can be made */
  #checkPlace({ caller, device, kind, takesOver }: Grant): Live | undefined {
    const all = [...this.#live.values()];
    const there = all.filter((one) => one.grant.device === device);
    const holder = there.find((one) => one.grant.kind === kind);
    if (holder !== undefined) {
      if (!takesOver) throw busyWith(holder);
      if (!hasPowerOver(caller, holder.grant.caller)) {
        throw forbid("access.forbidden", { details: { permission: "session.manage", ...detailsOf(holder) } });
      }
      return holder;
    }
    const { mostOnDevice, mostOnServer } = this.#limits;
    if (there.length >= mostOnDevice) throw fail("sessions.too-many", { details: { device, most: mostOnDevice } });
    if (all.length >= mostOnServer) throw fail("sessions.too-many", { details: { most: mostOnServer } });
    return undefined;
  }

  /** Ends whoever has the place. Where two take it over at once, the second ends the first. */
  async #freePlace(grant: Grant): Promise<void> {
    for (let holder = this.#checkPlace(grant); holder !== undefined; holder = this.#checkPlace(grant)) {
      await this.#end(holder, endedBy("sessions.taken-over", grant.caller.actor));
    }
  }

  async #end(live: Live, reason: VigilError): Promise<void> {
    if (live.relay === undefined) live.opening.abort(reason);
    else live.relay.end(reason);
    await live.over;
  }

  async #note({ grant }: Live, action: string, summary: string, details: ErrorDetails): Promise<void> {
    const { audit, postgres, log } = this.#deps;
    const { id: session, caller, device, kind } = grant;
    const entry = { actor: caller.actor, action, device, summary, details: { session, kind, ...details } };
    try {
      await postgres.transaction((tx) => audit.write(tx, entry));
    } catch (error) {
      // What cannot be written down does not happen; what has ended, has.
      if (action === "session.opened") throw error;
      log.error("an audit entry was not written", { action, device, session, error });
    }
  }

  #shown({ grant, device, startedAt, relay, isRecorded }: Live): LiveSession {
    const { clock } = this.#deps;
    const idleMs = relay === undefined ? 0 : clock.monotonic() - relay.activeMs;
    const activeAt = relay === undefined ? startedAt : new Date(Math.round(clock.now() - idleMs));
    return {
      id: grant.id,
      device: device.uuid,
      hostName: device.hostName,
      address: device.address,
      kind: grant.kind,
      isViewOnly: grant.isViewOnly,
      actor: grant.caller.actor,
      state: relay === undefined ? "opening" : "open",
      startedAt: startedAt.toISOString(),
      activeAt: activeAt.toISOString(),
      path: "direct",
      channel: device.channel,
      bytesFromDevice: relay?.bytesFromDevice ?? 0,
      bytesToDevice: relay?.bytesToDevice ?? 0,
      isRecorded,
    };
  }
}

function busyWith(holder: Live): VigilError {
  const { grant, startedAt } = holder;
  const since = startedAt.toISOString();
  const message = `${grant.caller.actor} has had the device's ${kindWords[grant.kind]} since ${since}`;
  return fail("sessions.busy", { message, details: detailsOf(holder) });
}

function endedBy(code: "sessions.killed" | "sessions.taken-over", by: string): VigilError {
  const message = code === "sessions.killed" ? `${by} has ended the session` : `${by} has taken the session over`;
  return fail(code, { message, details: { by } });
}

/** Who has it, and since when. */
function detailsOf({ grant, startedAt }: Live): ErrorDetails {
  const { id, caller, device, kind } = grant;
  return { device, kind, by: caller.actor, since: startedAt.toISOString(), session: id };
}

function byOf(error: ErrorReport | null): ErrorDetails {
  const by = error?.details["by"];
  return by === undefined ? {} : { by };
}
