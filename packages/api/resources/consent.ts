import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId } from "./common.ts";

/** Where the consent of the user at the machine stands, as the device says it now. */
export const ConsentState = Type.Object({
  /** For what it is needed. */
  policy: Type.Union([Type.Literal("none"), Type.Literal("kvm"), Type.Literal("all")]),
  /**
   * "displayed": the machine's screen shows six digits; "received": they were right, and a session may begin; "inSession": one is open.
   */
  state: Type.Union([
    Type.Literal("notStarted"),
    Type.Literal("requested"),
    Type.Literal("displayed"),
    Type.Literal("received"),
    Type.Literal("inSession"),
    Type.Literal("unknown"),
  ]),
  codeTimeoutSeconds: Type.Integer(),
  sessionTimeoutSeconds: Type.Integer(),
});
export type ConsentState = Static<typeof ConsentState>;

const ofDevice = Type.Object({ id: DeviceId });

export const consent = {
  show: route({
    method: "GET",
    path: "/devices/{id}/consent",
    summary: "Asks the device whether its user's consent is needed and given",
    permission: "device.read",
    params: ofDevice,
    reply: ConsentState,
  }),
  start: route({
    method: "POST",
    path: "/devices/{id}/consent/start",
    summary: "Has the machine's screen show a code for its user to read out",
    permission: "session.consent",
    params: ofDevice,
    reply: ConsentState,
  }),
  send: route({
    method: "POST",
    path: "/devices/{id}/consent/send",
    summary: "Hands the device the code that its user read out",
    permission: "session.consent",
    params: ofDevice,
    body: Type.Object({ code: Type.String({ pattern: "^[0-9]{6}$" }) }, { additionalProperties: false }),
    reply: ConsentState,
  }),
  cancel: route({
    method: "POST",
    path: "/devices/{id}/consent/cancel",
    summary: "Takes the code from the screen, or ends a consent that was given",
    permission: "session.consent",
    params: ofDevice,
    reply: ConsentState,
  }),
};
