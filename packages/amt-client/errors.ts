import { failWith, VigilError, type ErrorCatalogue, type ErrorDetails } from "@vigil/base/errors.ts";

/** What can go wrong between Vigil and a device. */
export const amtErrors = {
  "amt.connect.refused": {
    side: "network",
    title: "The device's address answers, but nothing listens on the port",
    next: "Check that AMT is enabled and which port it uses: a provisioned device has TLS on 16993 only",
    runbook: true,
  },
  "amt.connect.timeout": {
    side: "network",
    title: "No connection to the device came about in time",
    next: "Check power, cable and VLAN of the machine, and firewalls on the path to port 16993",
    runbook: true,
  },
  "amt.connect.unreachable": {
    side: "network",
    title: "There is no route to the device",
    next: "Check the address, and the routes and firewalls between this server and the device's network",
    runbook: true,
  },
  "amt.connect.unresolved": {
    side: "network",
    title: "The device's name has no address",
    next: "Check the name in DNS, or use the device's address",
    runbook: true,
  },
  "amt.connect.reset": {
    side: "network",
    title: "The connection broke before the device answered",
    next: "Try again; if it stays, look for a firewall that cuts connections, or restart the device's AMT",
    runbook: true,
  },
  "amt.connect.failed": {
    side: "network",
    title: "The connection to the device could not be made",
    next: "Read the reason in the details",
    runbook: true,
  },
  "amt.connect.closed": {
    side: "caller",
    title: "The connection to the device has been closed by its owner",
    next: "Connect anew",
  },
  "amt.tls.untrusted": {
    side: "device",
    title: "The device's certificate is not one that Vigil issued or trusts",
    next: "Make sure that the address is still the same machine, then provision it anew or renew its certificate",
    runbook: true,
  },
  "amt.tls.name-mismatch": {
    side: "device",
    title: "The device's certificate is made out to another device",
    next: "Two machines may have swapped addresses: refresh the device's address",
    runbook: true,
  },
  "amt.tls.refused": {
    side: "device",
    title: "The device refused the certificate that Vigil presented",
    next: "Check that the setup certificate's root is among the device's hashes and that its name lies in the device's domain",
    runbook: true,
  },
  "amt.tls.incompatible": {
    side: "device",
    title: "The device and Vigil have no TLS version or cipher in common",
    next: "Check that the port speaks TLS; firmware before AMT 11.8 needs the legacy TLS versions to be allowed",
    runbook: true,
  },
  "amt.tls.failed": {
    side: "network",
    title: "The TLS handshake with the device broke off",
    next: "Try again; if it stays, check what the device requires of its clients and what stands between",
    runbook: true,
  },
  "amt.login.refused": {
    side: "caller",
    title: "The device refused the user name or the password",
    next: "Someone may have changed the password on the device: enter the right one, or provision the device anew",
    runbook: true,
  },
  "amt.login.unsupported": {
    side: "device",
    title: "The device asks for a login that is not HTTP digest",
    next: "Check that the address is an AMT device's and not another web server's",
    runbook: true,
  },
  "amt.answer.timeout": {
    side: "network",
    title: "The device did not finish its answer in time",
    next: "Try again in a minute; if it stays, restart the device's AMT by cutting its power",
    runbook: true,
  },
  "amt.answer.incomplete": {
    side: "network",
    title: "The device closed the connection in the middle of its answer",
    next: "Try again; if it stays, look for a device in between that cuts connections",
    runbook: true,
  },
  "amt.answer.invalid": {
    side: "device",
    title: "The device's answer cannot be read",
    next: "Check that the address is an AMT device's; the reason names the rule that the answer breaks",
    runbook: true,
  },
  "amt.answer.mismatched": {
    side: "device",
    title: "The device answered another question than the one that was asked",
    next: "Try again; if it stays, restart the device's AMT",
    runbook: true,
  },
  "amt.answer.too-large": {
    side: "device",
    title: "The device's answer is larger than the limit",
    next: "Check that the address is an AMT device's: no firmware answers with more than 50 KiB",
    runbook: true,
  },
  "amt.answer.status": {
    side: "device",
    title: "The device answered with an HTTP error instead of a message",
    next: "503 means busy: try again. 404 means that WS-Management is not served there: check address and port",
    runbook: true,
  },
  "amt.outcome.unknown": {
    side: "network",
    title: "The command was sent, but its answer was lost: the device may or may not have carried it out",
    next: "Read the device's state before you repeat the command",
    runbook: true,
  },
  "amt.power.refused": {
    side: "device",
    title: "The device refused the power command",
    next: "The status says why: most often the machine is not in a state that allows it, such as a reset while it is off",
    runbook: true,
  },
  "amt.boot.refused": {
    side: "device",
    title: "The device refused the boot options",
    next: "The status says why: most often the firmware does not support that boot source",
    runbook: true,
  },
  "amt.setup.refused": {
    side: "device",
    title: "The device refused a step of its setup",
    next: "The status says why; the step is safe to repeat",
    runbook: true,
  },
  "amt.account.refused": {
    side: "device",
    title: "The device refused a change of its accounts",
    next: "The status says why: most often the password breaks the firmware's rules",
    runbook: true,
  },
  "amt.certificate.refused": {
    side: "device",
    title: "The device refused a certificate, a key or a TLS setting",
    next: "The status says why: most often its store is full or the certificate's key is not on the device",
    runbook: true,
  },
  "amt.time.refused": {
    side: "device",
    title: "The device refused to have its clock set",
    next: "The status says why; the step is safe to repeat",
    runbook: true,
  },
  "amt.release.lacking": {
    side: "device",
    title: "The device's firmware release does not have what was asked for",
    next: "The details name the releases that have it: leave the device out, or update its firmware",
    runbook: true,
  },
  "amt.platform.lacking": {
    side: "device",
    title: "The machine's firmware or BIOS does not have what was asked for",
    next: "The details name what is missing and what there is instead: choose another way, or look in the machine's BIOS setup",
    runbook: true,
  },
  "amt.consent.needed": {
    side: "caller",
    title: "The device wants its user's consent first",
    next: "Ask for a code, have the user read it from the screen, send it, and repeat the command",
    runbook: true,
  },
  "amt.argument.invalid": {
    side: "caller",
    title: "A value is none that firmware takes",
    next: "The details name the argument and what it takes; nothing was sent",
  },
  "amt.explore.unknown": {
    side: "caller",
    title: "There is no such class or method in the model",
    next: "Spell it as docs/protocol does; the details name similar ones",
    runbook: true,
  },
  "amt.explore.argument": {
    side: "caller",
    title: "An argument is missing, unknown, or not of its type",
    next: "The details name the argument and what it takes",
    runbook: true,
  },
  "amt.alarms.refused": {
    side: "device",
    title: "The device refused an alarm",
    next: "The status says why: its time may have passed, its name may be taken, or there are five already",
    runbook: true,
  },
  "amt.audit-log.refused": {
    side: "device",
    title: "The device refused a request to its audit log",
    next: "The status says why: most often the account lacks the audit realm, or another auditor has locked the log",
    runbook: true,
  },
  "amt.consent.refused": {
    side: "device",
    title: "The device refused a step of user consent",
    next: "The status says why: ask for a code first, have its user read it out again, or wait until an open session ends",
    runbook: true,
  },
  "amt.general.refused": {
    side: "device",
    title: "The device refused one of its general settings",
    next: "The status says why: a name that is too long, or a number out of range",
    runbook: true,
  },
  "amt.features.refused": {
    side: "device",
    title: "The device refused to switch one of its features",
    next: "The status says why: the feature may be switched off in the machine's own menu",
    runbook: true,
  },
  "amt.network.refused": {
    side: "device",
    title: "The device refused a network setting",
    next: "The status says why: an address or a netmask that is none, a VLAN out of range, or a certificate that it lacks",
    runbook: true,
  },
  "amt.events.refused": {
    side: "device",
    title: "The device refused a subscription to its events",
    next: "The status says why: it holds fourteen subscriptions at most",
    runbook: true,
  },
  "amt.wifi.refused": {
    side: "device",
    title: "The device refused a wireless profile",
    next: "The status says why: names and priorities must be unique, and a desktop has no wireless port",
    runbook: true,
  },
  "amt.remote-access.refused": {
    side: "device",
    title: "The device refused a setting of remote access",
    next: "The status says why: limits, an address without the server's name, or a root certificate that it lacks",
    runbook: true,
  },
  "amt.defense.refused": {
    side: "device",
    title: "The device refused a filter or a policy of System Defense",
    next: "The status says why: limits, a name that is taken, or a policy that is in force",
    runbook: true,
  },
  "amt.agent-presence.refused": {
    side: "device",
    title: "The device refused a watchdog over an agent",
    next: "The status says why: a time limit below ten seconds, or too many watchdogs",
    runbook: true,
  },
  "amt.kerberos.refused": {
    side: "device",
    title: "The device refused a Kerberos setting",
    next: "The status says why: it needs a realm, a service name, a key and the key's version",
    runbook: true,
  },
  "amt.kerberos.ticket-missing": {
    side: "caller",
    title: "There is no Kerberos ticket, or it has ended",
    next: "Get one with kinit, then try again",
    runbook: true,
  },
  "amt.kerberos.kdc-unreachable": {
    side: "network",
    title: "No Kerberos server answers for the realm",
    next: "Check the realm and its servers in krb5.conf or DNS, and port 88 on the way to them",
    runbook: true,
  },
  "amt.kerberos.service-unknown": {
    side: "caller",
    title: "The Kerberos server does not know the device's service name",
    next: "Call the device by the full name that its directory account bears, or give the service name",
    runbook: true,
  },
  "amt.kerberos.library": {
    side: "ours",
    title: "This machine has no Kerberos library that Vigil can use",
    next: "Install MIT Kerberos: libgssapi-krb5-2 on Debian",
    runbook: true,
  },
  "amt.kerberos.failed": {
    side: "caller",
    title: "No Kerberos ticket for the device could be had",
    next: "Read the reason in the details: it is the Kerberos library's own",
    runbook: true,
  },
  "amt.kerberos.off": {
    side: "device",
    title: "The device does not offer Kerberos",
    next: "Log in by password and set Kerberos up on the device",
    runbook: true,
  },
  "amt.kerberos.skew": {
    side: "device",
    title: "The device's clock and this machine's are too far apart for Kerberos",
    next: "Set the device's clock, by password",
    runbook: true,
  },
  "amt.kerberos.wrong-key": {
    side: "device",
    title: "The device has another Kerberos key than the directory",
    next: "The account's password was changed: give the device the key that belongs to the new one",
    runbook: true,
  },
  "amt.kerberos.unlisted": {
    side: "caller",
    title: "The device refused the ticket and did not say why: most often the user has no entry",
    next: "Add the user, or a group of theirs, to the device's accounts",
    runbook: true,
  },
  "amt.kerberos.rejected": {
    side: "device",
    title: "The device refused the ticket with a Kerberos error",
    next: "The details name the error's number; the runbook says what each means",
    runbook: true,
  },
  "amt.kerberos.unproven": {
    side: "device",
    title: "The device did not prove that it knows its Kerberos key",
    next: "Make sure that the address is the device's and not another machine's",
    runbook: true,
  },
  "amt.event-log.refused": {
    side: "device",
    title: "The device refused a request to its event log",
    next: "The status says why; try again when nothing else reads the log",
    runbook: true,
  },
  "amt.web-page.refused": {
    side: "device",
    title: "The device refused to open or close its web page",
    next: "The status says why: some firmware has no web page",
    runbook: true,
  },
  "amt.hello.timeout": {
    side: "network",
    title: "A connection to the hello port sent no complete hello in time",
    next: "Nothing was changed. A device tries again by itself; find other senders by their address",
    runbook: true,
  },
  "amt.hello.crowded": {
    side: "network",
    title: "Too many connections to the hello port at once",
    next: "Devices try again by themselves. If one address makes them all, find out what it is",
    runbook: true,
  },
  "amt.hello.http": {
    side: "caller",
    title: "Someone opened the hello port with a web browser",
    next: "Nothing to do: the port is for devices. The console has another one",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(amtErrors);
export type AmtErrorCode = keyof typeof amtErrors;

/** The same error, which also says where it happened. */
export function withDetails(error: VigilError, about: ErrorDetails): VigilError {
  const kind = { side: error.side, title: error.message, next: error.next };
  return new VigilError(error.code, kind, { details: { ...error.details, ...about }, cause: error.cause });
}
