import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can go wrong between Vigil and a directory. What a directory answers is shortened and shown; it holds no secret of ours. */
export const directoryErrors = {
  "directory.unknown": {
    side: "caller",
    title: "Vigil knows no directory of that realm",
    next: "Add it, or correct the realm in the profile",
    runbook: true,
  },
  "directory.in-use": {
    side: "caller",
    title: "Devices have objects in the directory that only its settings can remove",
    next: "Remove these objects first; details say how many there are",
    runbook: true,
  },
  "directory.settings.refused": {
    side: "caller",
    title: "The directory's settings contradict each other",
    next: "Correct what the message names",
    runbook: true,
  },
  "directory.password.missing": {
    side: "caller",
    title: "Vigil has no password to log in to the directory with",
    next: "Give the password of the account in bindDn",
    runbook: true,
  },
  "directory.unreachable": {
    side: "network",
    title: "No server of the directory could be reached",
    next: "Look at the names, ports and firewalls on the way; details say what each of them answered",
    runbook: true,
  },
  "directory.tls.untrusted": {
    side: "network",
    title: "The directory's server shows a certificate that Vigil does not trust",
    next: "Give the root of its certificate, and reach it by a name that the certificate bears",
    runbook: true,
  },
  "directory.tls.failed": {
    side: "network",
    title: "No TLS came about with the directory's server",
    next: "Give the server a certificate for LDAP over TLS",
    runbook: true,
  },
  "directory.login.refused": {
    side: "caller",
    title: "The directory does not let Vigil's account in",
    next: "Look at the account that details name: its password, and whether it is locked, disabled or out of date",
    runbook: true,
  },
  "directory.right.missing": {
    side: "caller",
    title: "Vigil's account lacks a right in the directory",
    next: "Grant the account the right that details name, on the object that details name",
    runbook: true,
  },
  "directory.unit.missing": {
    side: "caller",
    title: "The organizational unit or the base is not in the directory",
    next: "Make it, or correct its distinguished name in the profile or the directory's settings",
    runbook: true,
  },
  "directory.name.taken": {
    side: "caller",
    title: "Another object in the directory has the device's service name",
    next: "Take the name off the object that details name, or give the device another one",
    runbook: true,
  },
  "directory.name.invalid": {
    side: "caller",
    title: "The device's name cannot be a name in the directory",
    next: "Give it a host name of letters, digits and dashes, and a domain",
    runbook: true,
  },
  "directory.object.foreign": {
    side: "caller",
    title: "An object of the device's account name is there, and Vigil did not make it",
    next: "Look who made it; remove or rename it",
    runbook: true,
  },
  "directory.password.refused": {
    side: "caller",
    title: "The directory refuses the password that Vigil made for an object",
    next: "Look at the domain's password rules: 20 random characters of four kinds have to do",
    runbook: true,
  },
  "directory.encryption.old": {
    side: "caller",
    title: "The device knows RC4 alone, and the directory's settings do not allow it",
    next: "Allow RC4 in the directory's settings, or give such devices a profile without Kerberos",
    runbook: true,
  },
  "directory.referral": {
    side: "caller",
    title: "The server sends Vigil to another one, which it does not follow",
    next: "Name servers of the domain that holds the base",
    runbook: true,
  },
  "directory.answer.timeout": {
    side: "network",
    title: "The directory did not answer in time",
    next: "Look at the server's load; what was under way is tried again with the next attempt",
    runbook: true,
  },
  "directory.answer.too-large": {
    side: "network",
    title: "The directory's answer is larger than any that Vigil asks for",
    next: "Make sure that the address is that of a directory",
    runbook: true,
  },
  "directory.busy": {
    side: "network",
    title: "The directory is too busy to answer",
    next: "Wait; what was under way is tried again",
    runbook: true,
  },
  "directory.refused": {
    side: "caller",
    title: "The directory refuses what Vigil asks",
    next: "Look at what it said in details, and at its log",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export type DirectoryErrorCode = keyof typeof directoryErrors;
export const fail = failWith(directoryErrors);
