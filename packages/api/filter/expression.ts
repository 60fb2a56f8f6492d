import type { AddressField, FieldName, FlagField, ListField, MomentField, ReleaseField, TextField } from "./fields.ts";

/** A filter, read. What a device does not tell fails every condition but "is unknown"; `not` turns that round like any other answer. */
export type Expression =
  | { readonly kind: "and"; readonly of: readonly Expression[] }
  | { readonly kind: "or"; readonly of: readonly Expression[] }
  | { readonly kind: "not"; readonly of: Expression }
  | Condition;

export type Order = "<" | "<=" | ">" | ">=";

/** A moment as it was written: fixed, or so many seconds from now. */
export type When = { readonly at: string } | { readonly fromNowSeconds: number };

/** What is asked of one field. */
export type Condition =
  /** Text anywhere in host name, address, UUID, release or model. */
  | { readonly kind: "search"; readonly text: string }
  | { readonly kind: "known"; readonly field: FieldName }
  /** Equal to one of them, or, for a list, holds one of them. */
  | { readonly kind: "oneOf"; readonly field: TextField | ListField; readonly values: readonly string[] }
  /** The whole text, `*` for any characters and `?` for one. */
  | { readonly kind: "like"; readonly field: TextField | ListField; readonly pattern: string }
  /** By the numbers given: 16 equals 16.1.25, and 17 is greater. */
  | {
      readonly kind: "release";
      readonly field: ReleaseField;
      readonly order: Order | "=";
      readonly parts: readonly number[];
    }
  | { readonly kind: "moment"; readonly field: MomentField; readonly order: Order; readonly when: When }
  | { readonly kind: "flag"; readonly field: FlagField; readonly is: boolean }
  | { readonly kind: "inside"; readonly field: AddressField; readonly network: string };

/** Holds for every device. */
export const everything: Expression = { kind: "and", of: [] };
