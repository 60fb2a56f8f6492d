import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can go wrong on the way from a hello to a provisioned device; that about setup certificates stands in credentials/errors.ts. */
export const provisioningErrors = {
  "provisioning.hello.crowded": {
    side: "network",
    title: "More devices ask to be set up at once than the server notes down",
    next: "Devices try again by themselves; look for a sender that makes them up",
    runbook: true,
  },
  "provisioning.hello.too-many": {
    side: "network",
    title: "One address has sent the hellos of many devices",
    next: "A device sends from its own address: find out what sends from that one",
    runbook: true,
  },
  "provisioning.hello.uuid-invalid": {
    side: "device",
    title: "The hello's UUID is all zeros or all ones",
    next: "Give the machine a UUID with its vendor's tool; without one it cannot be told from others",
    runbook: true,
  },
  "provisioning.hello.psk-unsupported": {
    side: "device",
    title: "The hello is of AMT 2.1 or before, whose setup nobody describes",
    next: "Set it up by hand in its firmware menu, or update its firmware",
    runbook: true,
  },
  "provisioning.psk.wrong": {
    side: "device",
    title: "The device has another key than Vigil under the same name",
    next: "Compare the PPS in the printed list with what was entered, and enter the pair anew",
    runbook: true,
  },
  "provisioning.hello.contradicted": {
    side: "network",
    title: "A hello claims to come from a device that answers, provisioned, at another address",
    next: "Find out what sends from the hello's address: two machines with one UUID, or a forgery",
    runbook: true,
  },
  "provisioning.hello.none": {
    side: "caller",
    title: "The device has never asked to be set up",
    next: "Wait for its hello: it sends one when it is switched on in factory state",
    runbook: true,
  },
  "provisioning.certificate.refused": {
    side: "device",
    title: "The device hung up on Vigil's setup certificate",
    next: "Check that the certificate's domain is the one that the device got by DHCP, and that it has not expired",
    runbook: true,
  },
  "provisioning.identity.mismatch": {
    side: "device",
    title: "The device at the hello's address has another UUID than the hello said",
    next: "Find out what sent the hello; the device will send one of its own",
    runbook: true,
  },
  "provisioning.login.lost": {
    side: "device",
    title: "The device refuses every password that Vigil has for it, the factory's included",
    next: "Unprovision it in its firmware menu; it then sends a hello and is set up anew",
    runbook: true,
  },
  "provisioning.verify.unfinished": {
    side: "device",
    title: "The device does not say that it is provisioned in admin control mode",
    next: "Provision it again; if it stays, unprovision it in its firmware menu first",
    runbook: true,
  },
  "provisioning.verify.plain-open": {
    side: "device",
    title: "The device still answers on its plain port 16992",
    next: "Provision it again; if it stays, the firmware cannot close the port",
    runbook: true,
  },
  "provisioning.cut-over.rolled-back": {
    side: "device",
    title: "The device could not be met over its new TLS, and was put back to what it was",
    next: "Look at the reason in the details; the device is reachable in the clear as before, and can be tried again",
    runbook: true,
  },
  "provisioning.profile.unsupported": {
    side: "device",
    title: "The profile asks for what a device of that release cannot have",
    next: "Give the device another profile, or change the settings that the details name; then try again",
    runbook: true,
  },
  "provisioning.kerberos.no-directory": {
    side: "caller",
    title: "The profile asks for logins by Kerberos ticket, and Vigil knows no directory",
    next: "Switch Kerberos off in the profile until a directory is configured",
    runbook: true,
  },
  "provisioning.rotation.not-taken": {
    side: "device",
    title: "The device said that it took a new password, or said nothing, and still opens with the old one",
    next: "Nothing is lost: the old password is kept. Rotate it again; if it stays, look at the device's event log",
    runbook: true,
  },
  "provisioning.unprovision.blocked": {
    side: "device",
    title: "Something on the device keeps it from being unprovisioned",
    next: "Wait for the auditor's lock to end, or have the auditor take it off; then unprovision it again",
    runbook: true,
  },
  "provisioning.unprovision.not-taken": {
    side: "device",
    title: "The device was told to forget Vigil, and still is as it was",
    next: "Nothing is lost: it can be managed as before. Unprovision it again; if it stays, do it in its firmware menu",
    runbook: true,
  },
  "provisioning.unprovision.unknown": {
    side: "network",
    title: "The device was told to forget Vigil, and cannot be met to see whether it did",
    next: "Nothing to do: Vigil looks again by itself, and at once when the device says hello; nothing is told twice",
    runbook: true,
  },
  "provisioning.hello.retired": {
    side: "device",
    title: "A retired device asks to be set up",
    next: "If it is trusted again, readmit it; if it was stolen, the hello's address says where it is now",
    runbook: true,
  },
  "provisioning.device.foreign": {
    side: "device",
    title: "The device was never Vigil's and refuses the factory's password: somebody else has set it up",
    next: "Find out who manages it; else unprovision it in its firmware menu, or from its host in client mode",
    runbook: true,
  },
  "provisioning.otp.missing": {
    side: "device",
    title: "The profile requires a one-time password, and the device names none",
    next: "Have its agent give it one: vigil device otp DEVICE; the device then asks again",
    runbook: true,
  },
  "provisioning.otp.wrong": {
    side: "device",
    title: "The device names a one-time password that Vigil did not make for it",
    next: "Find out what set it; give the device a new one from Vigil",
    runbook: true,
  },
  "provisioning.otp.replayed": {
    side: "device",
    title: "The device names a one-time password that has been used, or was replaced",
    next: "Somebody may be repeating what they have seen: look at the machine, then give it a new one",
    runbook: true,
  },
  "provisioning.otp.expired": {
    side: "device",
    title: "The device names a one-time password whose time has passed",
    next: "Give the device a new one from Vigil",
    runbook: true,
  },
  "provisioning.step.timeout": {
    side: "network",
    title: "A step of the provisioning took too long",
    next: "Nothing is lost: the step is tried again. If it stays, look at the network to the device",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(provisioningErrors);
