import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with secrets and certificates. */
export const credentialErrors = {
  "credentials.master-key.malformed": {
    side: "caller",
    title: "The master key is not 32 bytes",
    next: "Restore the master key file or environment variable from your backup",
    runbook: true,
  },
  "credentials.master-key.other": {
    side: "caller",
    title: "The stored secrets were sealed under another master key",
    next: "Start the server with the master key that belongs to this data",
    runbook: true,
  },
  "credentials.secret.damaged": {
    side: "ours",
    title: "A stored secret does not open: its row was changed or damaged",
    next: "Restore the database from a backup, or provision the device anew",
    runbook: true,
  },
  "credentials.secret.none": {
    side: "caller",
    title: "Vigil holds no confirmed secret of this device",
    next: "Provision the device first",
    runbook: true,
  },
  "credentials.login.paused": {
    side: "ours",
    title: "The device has refused so many logins that Vigil waits, so as not to lock it",
    next: "Wait as many seconds as the details say; what can wait is tried again by itself",
    runbook: true,
  },
  "credentials.setup-key.taken": {
    side: "caller",
    title: "There is a pre-shared key of that name already",
    next: "Leave it out of the list; if its key differs, the machine needs a pair of its own",
    runbook: true,
  },
  "credentials.request.refused": {
    side: "device",
    title: "Vigil's authority does not sign this certificate request",
    next: "Read the reason in the details; the firmware may be too old for 2048-bit keys",
    runbook: true,
  },
  "provisioning.certificate.unreadable": {
    side: "caller",
    title: "The certificates or the key cannot be read",
    next: "Give PEM text or a PFX file: the leaf, its issuers up to the root, and the leaf's key",
    runbook: true,
  },
  "provisioning.certificate.passphrase": {
    side: "caller",
    title: "The key or the PFX file does not open with that passphrase",
    next: "Give the passphrase with which it was exported; letter case counts",
    runbook: true,
  },
  "provisioning.certificate.order": {
    side: "caller",
    title: "More than one of the certificates belongs to the key",
    next: "Leave out the older ones: give one leaf, its issuers and the root",
    runbook: true,
  },
  "provisioning.certificate.incomplete": {
    side: "caller",
    title: "The chain does not reach a root certificate",
    next: "Add the certificates that are missing: devices want the whole chain, root included",
    runbook: true,
  },
  "provisioning.certificate.self-signed": {
    side: "caller",
    title: "The certificate signed itself: there is no authority above it",
    next: "Have an authority sign it, and give that authority's certificate too",
    runbook: true,
  },
  "provisioning.certificate.not-an-authority": {
    side: "caller",
    title: "A certificate of the chain signs another and may not",
    next: "Use a certificate that an authority issued, and give the authority's certificates with it",
    runbook: true,
  },
  "provisioning.certificate.signature-unsupported": {
    side: "caller",
    title: "A certificate of the chain is signed in a way that firmware does not know",
    next: "Have it signed with RSA (PKCS #1 v1.5) and SHA-256",
    runbook: true,
  },
  "provisioning.certificate.too-long": {
    side: "caller",
    title: "The chain has more certificates than firmware accepts",
    next: "Use a certificate with at most two issuers between leaf and root",
    runbook: true,
  },
  "provisioning.certificate.key-mismatch": {
    side: "caller",
    title: "The private key does not belong to the leaf certificate",
    next: "Give the key with which the certificate was requested",
    runbook: true,
  },
  "provisioning.certificate.key-unsupported": {
    side: "caller",
    title: "The certificate's key is of a kind or size that firmware does not accept",
    next: "Use RSA with 2048 bits, signed with SHA-256",
    runbook: true,
  },
  "provisioning.certificate.not-for-setup": {
    side: "caller",
    title: "The certificate is not made for setting up devices",
    next: "Ask for the usages 1.3.6.1.5.5.7.3.1 and 2.16.840.1.113741.1.2.3, or the OU Intel(R) Client Setup Certificate",
    runbook: true,
  },
  "provisioning.certificate.for-tls": {
    side: "caller",
    title: "This is the certificate of a TLS server, not one for setting up devices",
    next: "Order one for Intel AMT setup: with the usage 2.16.840.1.113741.1.2.3 beside 1.3.6.1.5.5.7.3.1",
    runbook: true,
  },
  "provisioning.certificate.expired": {
    side: "caller",
    title: "The certificate is not valid now",
    next: "Renew it, or check the server's clock",
    runbook: true,
  },
  "provisioning.certificate.nameless": {
    side: "caller",
    title: "The certificate names no host: devices compare its name with their domain",
    next: "Ask for a certificate whose common name lies in the devices' domain",
    runbook: true,
  },
  "provisioning.certificate.duplicate": {
    side: "caller",
    title: "This setup certificate is there already",
    next: "Nothing to do",
  },
  "provisioning.certificate.unknown": {
    side: "caller",
    title: "There is no setup certificate with that id",
    next: "List the setup certificates and take an id from there",
  },
  "provisioning.certificate.own": {
    side: "caller",
    title: "Vigil's own setup certificate stays: the next start would make it anew",
    next: "Leave it; it is shown only to devices that were told its root",
  },
  "provisioning.certificate.wrong-domain": {
    side: "device",
    title: "The device's DNS suffix lies in the domain of none of the setup certificates whose root it trusts",
    next: "Compare both names in the details; add a certificate for that domain, or correct the device's DNS suffix",
    runbook: true,
  },
  "provisioning.certificate.release-unsupported": {
    side: "device",
    title: "The device's firmware can use none of the setup certificates whose root it trusts",
    next: "Add a setup certificate with RSA 2048 and SHA-256 throughout",
    runbook: true,
  },
  "provisioning.psk.unknown": {
    side: "device",
    title: "The device asks to be set up with a pre-shared key that Vigil does not hold",
    next: "Add the pair to Vigil, or give the device one of Vigil's in its firmware menu",
    runbook: true,
  },
  "provisioning.certificate.untrusted": {
    side: "device",
    title: "The device trusts none of the roots of Vigil's setup certificates",
    next: "Add a setup certificate whose root the device lists, or add the root's hash to the device",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(credentialErrors);
