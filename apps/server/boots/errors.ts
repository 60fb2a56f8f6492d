import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a boot that is arranged from afar. */
export const bootsErrors = {
  "boots.unknown": {
    side: "caller",
    title: "There is no such boot",
    next: "List the boots of the device",
    runbook: true,
  },
  "boots.unclear": {
    side: "caller",
    title: "A boot from an image needs one of the library or one that is lent, and no other boot has one",
    next: "Name an image with the target image or say that it is lent, or leave both out",
    runbook: true,
  },
  "boots.nothing-lent": {
    side: "caller",
    title: "Nobody lends the device a disk now",
    next: "Put a CD into it in the Disk tab of its page first, or name an image of the library",
    runbook: true,
  },
  "boots.busy": {
    side: "caller",
    title: "Another boot of the device is under way",
    next: "The details name whose it is; end it, or wait until it has ended",
    runbook: true,
  },
  "boots.interrupted": {
    side: "ours",
    title: "The server stopped in the midst of the boot; what was arranged has been taken back",
    next: "Look at the machine's screen: it may have lost its disk. Begin the boot again if it is still wanted",
    runbook: true,
  },
  "boots.not-started": {
    side: "device",
    title: "The machine has not started as it was told to; what was arranged has been taken back",
    next: "Look at the machine's power and screen, then try again",
    runbook: true,
  },
  "boots.outcome.unknown": {
    side: "network",
    title: "It is not known whether the machine was told to start; what was arranged has been taken back",
    next: "Look at the machine's screen; begin the boot again if it did not start as wanted",
    runbook: true,
  },
  "boots.unread": {
    side: "device",
    title: "The machine has started and read nothing of its image; what was arranged has been taken back",
    next: "See on its screen what it starts from: its BIOS may forbid starting from a redirected drive, or want a signed loader",
    runbook: true,
  },
  "boots.ended-early": {
    side: "caller",
    title: "Somebody ended the boot before the image had been read",
    next: "See in the device's activity who; run it again if it is still wanted",
    runbook: true,
  },
  "boots.limit": {
    side: "ours",
    title: "The image was shown for as long as an image is shown at most",
    next: "Begin the boot again if the machine still needs it",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(bootsErrors);
