import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a fleet of virtual devices. */
export const virtualDeviceErrors = {
  "virtual.key-pool.empty": {
    side: "ours",
    title: "The pool of RSA keys is empty",
    next: "Fill the pool before the first device is touched",
  },
  "virtual.flash.in-use": {
    side: "caller",
    title: "The folder of the virtual devices is in use by another fleet",
    next: "Stop the other fleet, or give this one a folder of its own with --data",
    runbook: true,
  },
  "virtual.fleet.address": {
    side: "caller",
    title: "A virtual device cannot listen on its address",
    next: "Stop what listens there, or choose another range with --first-address",
    runbook: true,
  },
  "virtual.fleet.range": {
    side: "caller",
    title: "The addresses of the fleet leave the loopback range",
    next: "Start below 127.255.255.0, or allow other addresses by name",
    runbook: true,
  },
  "virtual.kerberos.malformed": {
    side: "caller",
    title: "A client's Kerberos ticket cannot be read",
    next: "Nothing to do: the virtual device refuses the login, as firmware does",
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(virtualDeviceErrors);
