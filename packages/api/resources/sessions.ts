import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, ErrorReport, Moment } from "./common.ts";

/** What a live connection to a device is for: its serial line, a disk that is lent to it, or its screen. */
export const SessionKind = Type.Union([Type.Literal("sol"), Type.Literal("ider"), Type.Literal("kvm")]);
export type SessionKind = Static<typeof SessionKind>;

const SessionId = Type.String({ pattern: "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$" });
const ById = Type.Object({ id: SessionId });

/** A session that is open, or just being opened. */
export const LiveSession = Type.Object({
  id: SessionId,
  device: DeviceId,
  hostName: Type.Union([Type.String(), Type.Null()]),
  address: Type.String(),
  kind: SessionKind,
  /** True: the server lets through only what shows the screen. */
  isViewOnly: Type.Boolean(),
  /** Who has it, as the audit names them. */
  actor: Type.String(),
  state: Type.Union([Type.Literal("opening"), Type.Literal("open")]),
  startedAt: Moment,
  /** When somebody last typed, pointed, or was read from. */
  activeAt: Moment,
  /** The cable that reaches the device. */
  path: Type.Literal("direct"),
  channel: Type.Union([Type.Literal("plain"), Type.Literal("tls"), Type.Literal("mutual")]),
  bytesFromDevice: Type.Integer(),
  bytesToDevice: Type.Integer(),
  isRecorded: Type.Boolean(),
});
export type LiveSession = Static<typeof LiveSession>;

/** What is recorded. Recordings hold what the screen or the host's output showed, and never what was typed. */
export const SessionSettings = Type.Object(
  {
    recordsSerialLine: Type.Boolean(),
    recordsScreen: Type.Boolean(),
    /** Recordings are removed after that many days. */
    keepDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
  },
  { additionalProperties: false },
);
export type SessionSettings = Static<typeof SessionSettings>;

/** A recording of a session: of a serial line an asciicast (v2), of a screen what docs/protocol/screen-recording.md says. */
export const SessionRecording = Type.Object({
  /** The session's. */
  id: SessionId,
  device: DeviceId,
  hostName: Type.Union([Type.String(), Type.Null()]),
  kind: Type.Union([Type.Literal("sol"), Type.Literal("kvm")]),
  /** Whose session it was. */
  actor: Type.String(),
  startedAt: Moment,
  /** Null while it goes on. */
  endedAt: Type.Union([Moment, Type.Null()]),
  bytes: Type.Integer(),
  /** False: it ends before the session did, by its size, the disk, or the server's end. */
  isWhole: Type.Boolean(),
});
export type SessionRecording = Static<typeof SessionRecording>;

/**
 * Sessions with one device. To open one: ask for a ticket here, then open a web socket at `sessionStreamPath` within `ticketLifetimeMs`, with the
 * same login (cookie or bearer), offering the subprotocols `sessionProtocol` and `ticketProtocolPrefix` + ticket. Text frames from the
 * server are `SessionFrame`s; binary frames, both ways, are the session's bytes, cut anywhere. Nothing may be sent before "opened" has come.
 *
 * One that is resumable goes on after the connection broke (1006): ask for a ticket with `resume`, show it as the first one; "resumed" says from which byte
 * on to send again, and what was missed follows it.
 */
export const sessions = {
  open: route({
    method: "POST",
    path: "/devices/{id}/sessions",
    summary:
      "Gives a ticket for one session; needs session.sol, session.ider or session.kvm, and session.manage to take another's over",
    permission: "device.read",
    params: Type.Object({ id: DeviceId }),
    body: Type.Object(
      {
        kind: SessionKind,
        /** Ends the session of that kind that is open now, when this one is opened. Who has it themselves needs no right for that. */
        takeOver: Type.Optional(Type.Boolean()),
        /** For kvm. */
        isViewOnly: Type.Optional(Type.Boolean()),
        /** Who asks can go on after a short loss of the connection: the device is held for them so long. */
        isResumable: Type.Optional(Type.Boolean()),
        /** Goes on with one's own session after such a loss, instead of a new one. */
        resume: Type.Optional(
          Type.Object(
            { session: SessionId, /** Of it, in binary frames. */ bytesReceived: Type.Integer({ minimum: 0 }) },
            { additionalProperties: false },
          ),
        ),
      },
      { additionalProperties: false },
    ),
    reply: Type.Object({ session: SessionId, ticket: Type.String(), expiresAt: Moment }),
    status: 201,
  }),
  list: route({
    method: "GET",
    path: "/sessions",
    summary: "The sessions that are open; without session.manage only one's own",
    permission: "device.read",
    reply: Type.Object({ items: Type.Array(LiveSession) }),
  }),
  kill: route({
    method: "DELETE",
    path: "/sessions/{id}",
    summary: "Ends a session; another's needs session.manage",
    permission: "device.read",
    params: ById,
    reply: Type.Null(),
    status: 204,
  }),
  settings: route({
    method: "GET",
    path: "/sessions/settings",
    summary: "What of sessions is recorded, and for how long it is kept",
    permission: "device.read",
    reply: SessionSettings,
  }),
  changeSettings: route({
    method: "PUT",
    path: "/sessions/settings",
    summary: "Says what of sessions is recorded; for sessions that begin afterwards",
    permission: "session.manage",
    body: SessionSettings,
    reply: SessionSettings,
  }),
  recordings: route({
    method: "GET",
    path: "/sessions/recordings",
    summary: "Lists recordings, newest first",
    permission: "session.manage",
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 200 })) }),
    reply: Type.Object({ items: Type.Array(SessionRecording) }),
  }),
  removeRecording: route({
    method: "DELETE",
    path: "/sessions/recordings/{id}",
    summary: "Removes a recording",
    permission: "session.manage",
    params: ById,
    reply: Type.Null(),
    status: 204,
  }),
};

/** Where the file of a recording is got, with session.manage: its bytes as they are. */
export function recordingFilePath(id: string): string {
  return `/api/sessions/recordings/${id}/file`;
}

/** Where the web socket of a session is opened. */
export const sessionStreamPath = "/api/sessions/stream";
/** The subprotocol that the server chooses. */
export const sessionProtocol = "vigil.session.v1";
/** Before the ticket, as a second subprotocol: so it stands in no address and no log of addresses. */
export const ticketProtocolPrefix = "vigil.ticket.";
export const ticketLifetimeMs = 30_000;

/** How the server closes the web socket: the session did not come about; it was ended, and the last frame says why; it is over. */
export const sessionCloseCodes = { failed: 4_000, ended: 4_001, over: 1_000 } as const;

/** What the server says in text frames. */
export const SessionFrame = Type.Union([
  Type.Object({ type: Type.Literal("opened"), session: SessionId, kind: SessionKind }),
  /** It goes on: so many bytes of what was sent have come, and what was missed follows. */
  Type.Object({ type: Type.Literal("resumed"), session: SessionId, bytesReceived: Type.Integer() }),
  Type.Object({ type: Type.Literal("failed"), error: ErrorReport }),
  Type.Object({ type: Type.Literal("ended"), error: Type.Union([ErrorReport, Type.Null()]) }),
]);
export type SessionFrame = Static<typeof SessionFrame>;
