import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can go wrong in the browser itself; all else is the server's to report. */
export const consoleErrors = {
  "console.session.lost": {
    side: "network",
    title: "The connection to the Vigil server broke off, and the session with it",
    next: "Open the session again; if that fails too, check that the server still runs and that no proxy cuts web sockets",
    runbook: true,
  },
  "console.session.silent": {
    side: "device",
    title: "The device has said nothing for a minute, so the session was given up",
    next: "Look whether the machine still has power and network, then open the session again",
    runbook: true,
  },
  "console.serial.refused": {
    side: "device",
    title: "The device does not start its serial line",
    next: "Look whether serial over LAN is enabled in the firmware's menu; the details have the status that it gave",
    runbook: true,
  },
  "console.recording.unreadable": {
    side: "ours",
    title: "The recording cannot be read",
    next: "Download it and look at the line that the details name; report it with the server's version",
    runbook: true,
  },
  "console.image.unusable": {
    side: "caller",
    title: "The file is no disk image that a drive could hold",
    next: "Choose an .iso file for the CD drive, or an .img file of whole 512-byte sectors for the floppy drive",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(consoleErrors);
