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
import { endedBy, holderFor, type Held } from "./places.ts";
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
interface Live extends Held {
  readonly device: DeviceRecord;
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
   * @throws access.forbidden, devices.unknown, devices.state.wrong, sessions.busy, sessions.too-many, sessions.resume.gone (caller)
   */
  async ask(
    caller: Caller,
    uuid: string,
    wanted: {
      readonly kind: SessionKind;
      readonly takeOver?: boolean;
      readonly isViewOnly?: boolean;
      readonly isResumable?: boolean;
      readonly resume?: { readonly session: string; readonly bytesReceived: number };
    },
  ): Promise<{ readonly id: string; readonly ticket: string; readonly expiresAt: Date }> {
    const { kind, takeOver = false, isViewOnly = false, isResumable = false, resume } = wanted;
    const permission = permissionFor(kind);
    if (!caller.permissions.includes(permission)) throw forbid("access.forbidden", { details: { permission } });
    const { state } = await this.#deps.devices.get(uuid);
    if (state !== "provisioned") {
      throw forbid("devices.state.wrong", { details: { device: uuid, state, needed: "provisioned" } });
    }
    if (resume !== undefined) return this.#again(caller, { device: uuid, kind, ...resume });
    const id = randomUUID();
    const grant: Grant = {
      id,
      caller,
      device: uuid,
      kind,
      isViewOnly: isViewOnly && kind === "kvm",
      takesOver: takeOver,
      isResumable,
    };
    // What can be said now is said now; when the ticket is shown, it is looked at again.
    holderFor(grant, [...this.#live.values()], this.#limits);
    return { id, ...this.#tickets.give(grant) };
  }

  /** A ticket with which the page that has a session goes on with it. Whose it is not, is not told that it is there. */
  #again(
    caller: Caller,
    {
      session,
      bytesReceived,
      device,
      kind,
    }: {
      readonly session: string;
      readonly bytesReceived: number;
      readonly device: string;
      readonly kind: SessionKind;
    },
  ): { readonly id: string; readonly ticket: string; readonly expiresAt: Date } {
    const live = this.#live.get(session);
    const isIts = live?.grant.device === device && live.grant.kind === kind && live.grant.caller.login === caller.login;
    if (!isIts || live.relay === undefined) throw fail("sessions.resume.gone", { details: { session } });
    return { id: session, ...this.#tickets.give({ ...live.grant, resumesFrom: bytesReceived }) };
  }

  /** Whether somebody has a session of that kind with the device now. */
  isOpen(device: string, kind: SessionKind): boolean {
    return [...this.#live.values()].some(
      ({ grant, relay }) => grant.device === device && grant.kind === kind && relay !== undefined,
    );
  }

  /** Those that the caller may see, the oldest first. */
  list(caller: Caller): LiveSession[] {
    return [...this.#live.values()]
      .filter(({ grant }) => hasPowerOver(caller, grant.caller))
      .map((one) => this.#shown(one));
  }

  /** Who has the device's session of that kind; undefined when nobody has it through this server. */
  holderOf(device: string, kind: SessionKind): { readonly actor: string; readonly since: Date } | undefined {
    const held = [...this.#live.values()].find(({ grant }) => grant.device === device && grant.kind === kind);
    return held && { actor: held.grant.caller.actor, since: held.startedAt };
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
    const opening = new AbortController();
    const closed = (): void => opening.abort(forbid("api.caller.gone"));
    const early = (): void => opening.abort(fail("sessions.frame.unexpected"));
    // What is wrong with its frames closes it, too.
    socket
      .on("error", () => {})
      .once("close", closed)
      .once("message", early);
    const grant = this.#tickets.take(ticket);
    try {
      if (grant === undefined || grant.caller.login !== login) throw fail("sessions.ticket.invalid");
      if (grant.resumesFrom !== undefined) {
        socket.off("close", closed).off("message", early);
        return await this.#resume(grant, grant.resumesFrom, socket);
      }
      const device = await this.#deps.devices.get(grant.device);
      const place = await this.#takePlace({ grant, device, opening });
      try {
        const opened = await this.#opened(place.live);
        socket.off("close", closed).off("message", early);
        await this.#relayed(place.live, opened, socket);
      } finally {
        place.giveBack();
      }
    } catch (error) {
      const report = reportOf(error);
      dismiss(socket, { type: "failed", error: { ...report, details: { ...report.details } } });
    }
  }

  async #resume(grant: Grant, bytesReceived: number, socket: WebSocket): Promise<void> {
    const live = this.#live.get(grant.id);
    if (live?.relay === undefined) throw fail("sessions.resume.gone", { details: { session: grant.id } });
    live.relay.resume(socket, bytesReceived, grant.id);
    await this.#note(live, "session.resumed", `The session of the ${kindWords[grant.kind]} goes on`, {});
  }

  /**
   * Puts a session in the list, once whoever it takes over from is out of it. Where two take over at once, the second ends the first.
   * @throws as holderFor; sessions.stopped (ours)
   */
  async #takePlace(of: Pick<Live, "grant" | "device" | "opening">): Promise<{ readonly live: Live; giveBack(): void }> {
    const { grant } = of;
    const holderNow = (): Live | undefined => {
      if (this.#isStopped) throw fail("sessions.stopped");
      return holderFor(grant, [...this.#live.values()], this.#limits);
    };
    for (let holder = holderNow(); holder !== undefined; holder = holderNow()) {
      await this.#end(holder, endedBy("sessions.taken-over", grant.caller.actor));
    }
    // From the look at the list to here nobody else had a turn.
    const { promise: over, resolve: isOver } = Promise.withResolvers<void>();
    const live: Live = { ...of, startedAt: new Date(this.#deps.clock.now()), isRecorded: false, over };
    this.#live.set(grant.id, live);
    const giveBack = (): void => {
      this.#live.delete(grant.id);
      isOver();
    };
    return { live, giveBack };
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
    const { idleMs, totalMs, lostMs } = this.#limits;
    const { kind, isViewOnly, isResumable } = grant;
    socket.send(JSON.stringify({ type: "opened", session: grant.id, kind } satisfies SessionFrame));
    const started = clock.monotonic();
    const relay = new Relay({
      socket,
      session,
      clock,
      isViewOnly,
      idleMs: idleMs[kind],
      totalMs: totalMs[kind],
      ...(isResumable ? { lostMs } : {}),
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

function byOf(error: ErrorReport | null): ErrorDetails {
  const by = error?.details["by"];
  return by === undefined ? {} : { by };
}
