import type { SetupMethod } from "@vigil/api/resources/devices.ts";

/** By which way a device is set up, in words. */
export const setupMethodNames: Readonly<Record<SetupMethod, string>> = {
  certificate: "hello with certificate",
  "pre-shared-key": "pre-shared key",
  usb: "USB",
  "host-client": "host-based, client",
  "host-admin": "host-based, admin",
};
