import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, Moment } from "./common.ts";

const isSo = Type.Optional(Type.Literal(true));
const Release = Type.Optional(Type.String());

/** A property, an argument or a result of the model. What is not said is not so. */
export const ModelMember = Type.Object({
  name: Type.String(),
  /** "string", "boolean", "uint8" … "int64", "real64", "base64", "hexBinary", "datetime", "enum", "reference" or "instance". */
  type: Type.String(),
  /** Words of the value map, each with the number on the wire. */
  values: Type.Optional(Type.Array(Type.Tuple([Type.String(), Type.Integer()]))),
  /** The class that a reference points at, or that an instance is of. */
  of: Type.Optional(Type.String()),
  isKey: isSo,
  isReadonly: isSo,
  isOptional: isSo,
  isList: isSo,
  /** Never shown, and never repeated in an answer. */
  isSecret: isSo,
  /** First firmware release that has it. */
  since: Release,
  /** Last firmware release that has it. */
  until: Release,
});
export type ModelMember = Static<typeof ModelMember>;

export const ModelMethod = Type.Object({
  name: Type.String(),
  input: Type.Array(ModelMember),
  output: Type.Array(ModelMember),
  /** "read" leaves the device as it is. */
  effect: Type.Union([Type.Literal("read"), Type.Literal("change")]),
  /** What a change may do that nobody wants by accident. */
  warning: Type.Optional(Type.String()),
});
export type ModelMethod = Static<typeof ModelMethod>;

/** A class with all that it inherits. */
export const ModelClass = Type.Object({
  name: Type.String(),
  /** Nearest first. */
  parents: Type.Array(Type.String()),
  since: Release,
  until: Release,
  properties: Type.Array(ModelMember),
  methods: Type.Array(ModelMethod),
});
export type ModelClass = Static<typeof ModelClass>;

/** One question to one device, in the model's own words. */
export const Exploration = Type.Object(
  {
    verb: Type.Union([Type.Literal("get"), Type.Literal("enum"), Type.Literal("invoke")]),
    className: Type.String({ minLength: 1, maxLength: 100 }),
    /** Which instance: keys and their values. A class that has only one needs none; enum takes none. */
    selectors: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 2_000 }), { maxProperties: 32 }),
    ),
    /** For invoke. */
    method: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    /**
     * Argument to values: a word of a value map or its number, "true" or "false", base64, hexadecimal digits, a datetime or an
     * interval as ISO 8601, or CLASS?Key=Value for a reference.
     */
    input: Type.Optional(
      Type.Record(
        Type.String({ maxLength: 100 }),
        Type.Array(Type.String({ maxLength: 65_536 }), { maxItems: 1_000 }),
        { maxProperties: 64 },
      ),
    ),
    /** Shown in the audit trail. */
    reason: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
);
export type Exploration = Static<typeof Exploration>;

/** What the device answered. Passwords and keys are "[sealed]", here and in the XML. */
export const Explored = Type.Object({
  class: Type.String(),
  /** "Get", "Pull" or the method. */
  action: Type.String(),
  /** One instance or result, or a list of instances. */
  value: Type.Unknown(),
  /** The class of each instance of a list: enumerating a class gives instances of those derived from it too. */
  classes: Type.Array(Type.String()),
  /** Classes and elements that the model lacks. */
  unknown: Type.Array(Type.String()),
  /** Elements whose text is not of their type; the value has them as they came. */
  unreadable: Type.Array(Type.String()),
  /** The answer's body, indented. */
  xml: Type.String(),
  at: Moment,
  tookMs: Type.Number(),
});
export type Explored = Static<typeof Explored>;

const byId = Type.Object({ id: DeviceId });

export const explorer = {
  classes: route({
    method: "GET",
    path: "/classes",
    summary: "Every class of the model with its properties and methods",
    permission: "device.read",
    reply: Type.Object({ items: Type.Array(ModelClass) }),
    isConstant: true,
  }),
  lacking: route({
    method: "GET",
    path: "/devices/{id}/lacking",
    summary: "What of the model the device's firmware release does not have",
    permission: "device.read",
    params: byId,
    reply: Type.Object({
      release: Type.Union([Type.String(), Type.Null()]),
      /** "CLASS" or "CLASS.PROPERTY". */
      items: Type.Array(Type.String()),
    }),
  }),
  explore: route({
    method: "POST",
    path: "/devices/{id}/explore",
    summary: "Gets or enumerates a class, or invokes a method; that last needs device.invoke, and is audited",
    permission: "device.read",
    params: byId,
    body: Exploration,
    reply: Explored,
    limitMs: 90_000,
  }),
};
