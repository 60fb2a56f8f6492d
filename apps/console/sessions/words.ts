import type { ErrorReport } from "@vigil/api/resources/common.ts";
import type { SessionKind } from "@vigil/api/resources/sessions.ts";
import type { DiskBeginning, DiskCounts } from "@vigil/wire/redirection/disk-talk.ts";
import type { IderDrive } from "@vigil/wire/redirection/ider.ts";

// What a page and the worker of one session say to each other. Each worker is told to open once, first.

/** Where the web socket is opened, and what it offers: the ticket is among the protocols, never in the address. */
export interface SocketAddress {
  readonly url: string;
  readonly protocol: string;
  /** Before a ticket, as a second protocol. */
  readonly ticketPrefix: string;
  readonly ticket: string;
  /** Whose session it is, and of which kind: for when it is opened again. */
  readonly device: string;
  readonly kind: SessionKind;
}

/** What every worker says, beside what is of its kind. */
export type FromWorker<More> =
  /** The device has let us in. */
  | { readonly type: "open" }
  /** The connection to the server broke, and is sought again; or is there again. */
  | { readonly type: "broken"; readonly isBroken: boolean }
  /** Without an error: somebody here ended it. */
  | { readonly type: "over"; readonly error: ErrorReport | null }
  | More;

interface Open {
  readonly type: "open";
  readonly address: SocketAddress;
}
interface Close {
  readonly type: "close";
}

export type ToSerial = Open | Close | { readonly type: "keys"; readonly bytes: Uint8Array };
export type SerialNews =
  | { readonly type: "output"; readonly bytes: Uint8Array }
  | { readonly type: "lines"; readonly isPoweredOn: boolean; readonly hasOverflowed: boolean };
export type FromSerial = FromWorker<SerialNews>;

export type ToScreen =
  | (Open & { readonly canvas: OffscreenCanvas })
  | Close
  | { readonly type: "key"; readonly keysym: number; readonly isDown: boolean }
  | { readonly type: "pointer"; readonly x: number; readonly y: number; readonly buttons: number }
  /** Keys that are held together. */
  | { readonly type: "press"; readonly keys: readonly number[] }
  /** Keys one after the other. */
  | { readonly type: "type"; readonly keys: readonly number[] }
  /** While nobody looks, nothing is asked for. */
  | { readonly type: "looking"; readonly isLooking: boolean };
export type ScreenNews =
  | { readonly type: "size"; readonly width: number; readonly height: number }
  | ({ readonly type: "rates" } & ScreenRates)
  /** Keys of the text that are still to be typed. */
  | { readonly type: "typing"; readonly left: number }
  | { readonly type: "bell" };
export type FromScreen = FromWorker<ScreenNews>;

/** Of the last second. */
export interface ScreenRates {
  /** Frames that were drawn. */
  readonly framesPerSecond: number;
  readonly bytesPerSecond: number;
  /** How long decoding and drawing took. */
  readonly busyMs: number;
}

export type ToDisk =
  | (Open & { readonly drive: IderDrive; readonly file: Blob; readonly begins: DiskBeginning })
  | Close;
export type DiskNews =
  /** The host has the drive, or will have it at its next start. */
  { readonly type: "on" } | ({ readonly type: "progress" } & DiskProgress);
export type FromDisk = FromWorker<DiskNews>;

export interface DiskProgress extends DiskCounts {
  /** Of the image, without what was read twice. */
  readonly bytesSeen: number;
  readonly bytesPerSecond: number;
}
