import type { Target } from "@vigil/api/resources/runs.ts";
import { devicesOf } from "../ages.ts";
import { wrongWith } from "./filter-box.tsx";

/** Which devices, while somebody says so: what was typed under another kind is kept until the form is closed. */
export interface TargetDraft {
  readonly kind: "collection" | "filter" | "devices";
  readonly collection: string;
  readonly filter: string;
  /** Names, one a line or divided by commas. */
  readonly devices: string;
}

export const noTarget: TargetDraft = { kind: "collection", collection: "", filter: "", devices: "" };

export function draftOf({ collection, filter, devices }: Target): TargetDraft {
  const kind = devices !== undefined ? "devices" : filter !== undefined ? "filter" : "collection";
  return { kind, collection: collection ?? "", filter: filter ?? "", devices: (devices ?? []).join("\n") };
}

/** What is meant; undefined while nothing whole is said. */
export function targetIn({ kind, collection, filter, devices }: TargetDraft): Target | undefined {
  switch (kind) {
    case "collection":
      return collection === "" ? undefined : { collection };
    case "filter":
      return filter.trim() === "" || wrongWith(filter) !== undefined ? undefined : { filter: filter.trim() };
    case "devices": {
      const names = namesIn(devices);
      return names.length === 0 ? undefined : { devices: names };
    }
    default:
      return kind satisfies never;
  }
}

/** What is still to be said. */
export function lackOf({ kind }: TargetDraft): string {
  if (kind === "collection") return "Choose a collection first";
  return kind === "filter" ? "Write a filter first" : "Name a device first";
}

/** A collection's name, a filter, or how many devices. */
export function targetInWords({ collection, filter, devices }: Target): string {
  return collection ?? filter ?? devicesOf(devices?.length ?? 0);
}

/** Each once. */
export function namesIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((name) => name !== ""))];
}
