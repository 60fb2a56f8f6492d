import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with managing a device by its address. */
export const visitErrors = {
  "visits.unknown": {
    side: "caller",
    title: "There is no such visit, or it has ended",
    next: "Open the device by its address again",
    runbook: true,
  },
  "visits.nothing-there": {
    side: "network",
    title: "Nothing at that address speaks AMT",
    next: "Check the name or address, and that the machine has power and AMT is on",
    runbook: true,
  },
  "visits.certificate.changed": {
    side: "device",
    title: "The device shows another certificate than the one that was agreed to",
    next: "Look at the address again, and compare the fingerprint with the machine's",
    runbook: true,
  },
  "visits.too-many": {
    side: "caller",
    title: "Too many devices are being visited",
    next: "End visits that are over, or wait until they end by themselves",
    runbook: true,
  },
  "visits.adopt.known": {
    side: "caller",
    title: "The registry has this device already, and manages it",
    next: "Use its own page",
    runbook: true,
  },
  "visits.adopt.account": {
    side: "caller",
    title: "Only a device that was opened as admin can be adopted",
    next: "Open it again as admin: that is the account whose password Vigil keeps and changes",
    runbook: true,
  },
  "visits.adopt.mode": {
    side: "caller",
    title: "The device is not set up, so there is nothing to adopt",
    next: "Let it say hello: Vigil sets it up by itself",
    runbook: true,
  },
  "visits.adopt.no-plain-port": {
    side: "caller",
    title: "The device has another manager's certificate, and answers over TLS alone",
    next: "Switch its plain port on with the tool that set it up, or unprovision it and let it say hello",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(visitErrors);
