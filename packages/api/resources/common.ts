import { Type, type Static } from "typebox";

/** A moment as ISO 8601 in UTC. */
export const Moment = Type.String({ format: "date-time" });

/** The uuid of a device, lower case with dashes: its one name everywhere. */
export const DeviceId = Type.String({ pattern: "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$" });

/** An error as every answer and every result carries it. */
export const ErrorReport = Type.Object({
  code: Type.String(),
  side: Type.Union([Type.Literal("caller"), Type.Literal("device"), Type.Literal("network"), Type.Literal("ours")]),
  message: Type.String(),
  /** What to do next. */
  next: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
});
export type ErrorReport = Static<typeof ErrorReport>;

/** Bytes as they are: the body of a route that takes them. */
export const Bytes = Type.Unsafe<Uint8Array<ArrayBuffer>>({ type: "string", format: "binary" });
