import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

const compare = "Compare the bytes with docs/protocol; a device that keeps sending them needs a look at its firmware";

/** What can be wrong with bytes that came off the wire, or with values that shall go onto it. */
export const wireErrors = {
  "wire.xml.malformed": { side: "device", title: "The XML is not well formed", next: compare, runbook: true },
  "wire.xml.doctype": {
    side: "device",
    title: "The XML has a document type declaration, which no device sends",
    next: "Treat the sender as hostile: it tries to make the reader expand entities",
    runbook: true,
  },
  "wire.xml.too-deep": {
    side: "device",
    title: "The XML is nested deeper than any answer of a device",
    next: "Treat the sender as hostile or broken",
    runbook: true,
  },
  "wire.xml.too-large": {
    side: "device",
    title: "The XML is larger than any answer of a device",
    next: "Treat the sender as hostile or broken",
    runbook: true,
  },
  "wire.xml.character": {
    side: "caller",
    title: "A text holds a character that XML cannot carry",
    next: "Leave control characters out of names and values",
    runbook: true,
  },
  "wire.xml.namespace": {
    side: "ours",
    title: "An element is to be written in a namespace that has no prefix",
    next: "Declare the namespace on the root element",
  },
  "wire.xml.name": {
    side: "ours",
    title: "An element or attribute is to be written under a name that is none",
    next: "Take names from the model, never from input",
  },
  "wire.wsman.envelope": {
    side: "device",
    title: "The message is not a WS-Management envelope",
    next: compare,
    runbook: true,
  },
  "wire.der.malformed": { side: "device", title: "A Kerberos token cannot be read", next: compare },
  "wire.negotiate.unsupported": {
    side: "device",
    title: "A token of the Negotiate login is not Kerberos",
    next: "Only Kerberos is spoken here: look which mechanism the other side offers",
  },
  "wire.http.malformed": { side: "device", title: "The message is not HTTP/1.1", next: compare, runbook: true },
  "wire.http.too-large": {
    side: "device",
    title: "An HTTP message is larger than the limit",
    next: "Treat the sender as hostile or broken",
    runbook: true,
  },
  "wire.http.character": {
    side: "caller",
    title: "A name or value holds a line end, which a header field cannot carry",
    next: "Leave control characters out of user names and addresses",
    runbook: true,
  },
  "wire.digest.malformed": {
    side: "device",
    title: "The digest challenge or authorization cannot be read",
    next: compare,
    runbook: true,
  },
  "wire.digest.unsupported": {
    side: "device",
    title: "The device asks for a digest that AMT does not use",
    next: "Check that the address is an AMT device's; only MD5 with qop auth or auth-int is spoken",
    runbook: true,
  },
  "wire.uuid.malformed": {
    side: "caller",
    title: "That is not a UUID",
    next: "Write it as 8-4-4-4-12 hexadecimal digits",
  },
  "wire.boot-parameters.malformed": {
    side: "caller",
    title: "The parameters of a recovery boot or an erase cannot be read",
    next: "The details say at which byte, and what was expected there",
    runbook: true,
  },
  "wire.psk.malformed": {
    side: "caller",
    title: "A PID or PPS is not one: its length, its letters or a check character are wrong",
    next: "Compare it with the printed list, group by group; the details say which group is wrong",
    runbook: true,
  },
  "wire.setup-bin.truncated": {
    side: "caller",
    title: "The setup file ends before its last record",
    next: "Copy it again from where it was made, or make it anew",
    runbook: true,
  },
  "wire.setup-bin.malformed": {
    side: "caller",
    title: "The setup file has a field that no machine takes",
    next: "Look at the offset or the field in the details, and make the file anew",
    runbook: true,
  },
  "wire.setup-bin.too-large": {
    side: "caller",
    title: "The setup file says more than one file can hold",
    next: "Make several files, each for some of the machines",
    runbook: true,
  },
  "wire.hello.truncated": {
    side: "device",
    title: "A hello ended before its last field",
    next: "Nothing was changed. If a device keeps sending it, look at the path between: something cuts the connection",
    runbook: true,
  },
  "wire.hello.version-unsupported": {
    side: "device",
    title: "A hello has a version that Vigil does not speak",
    next: "Update the firmware, or set the device up through its operating system",
    runbook: true,
  },
  "wire.hello.malformed": {
    side: "device",
    title: "A hello has a field that no firmware sends",
    next: "Nothing was changed. Something other than AMT talks to the hello port; find it by its address",
    runbook: true,
  },
  "wire.hello.too-large": {
    side: "device",
    title: "A hello is larger than any that firmware sends",
    next: "Nothing was changed. Something other than AMT talks to the hello port; find it by its address",
    runbook: true,
  },

  // Faults: the device understood the request and refuses it. Its own sentence is in the message.  @source protocols A.12
  "wsman.fault.destinationUnreachable": {
    side: "device",
    title: "The device does not have what was asked for",
    next: "Check in docs/protocol/wsman.md since which release the class exists; an instance may have been deleted meanwhile",
    runbook: true,
  },
  "wsman.fault.actionNotSupported": {
    side: "device",
    title: "The device does not know the method that was called",
    next: "Compare the device's release with the one that brought the method",
    runbook: true,
  },
  "wsman.fault.invalidMessageInformationHeader": {
    side: "ours",
    title: "The device could not read a header of the request",
    next: "Report it with the request's class and method and the device's release",
    runbook: true,
  },
  "wsman.fault.messageInformationHeaderRequired": {
    side: "ours",
    title: "The device missed a header in the request",
    next: "Report it with the request's class and method and the device's release",
    runbook: true,
  },
  "wsman.fault.accessDenied": {
    side: "caller",
    title: "The account may not do this on the device",
    next: "Give the account the realm that the request needs, or use the device's admin account",
    runbook: true,
  },
  "wsman.fault.invalidSelectors": {
    side: "ours",
    title: "The device finds no instance by the keys that were sent",
    next: "Read the device again and repeat; if it stays, report the class and the device's release",
    runbook: true,
  },
  "wsman.fault.invalidParameter": {
    side: "ours",
    title: "The device refused the value of a parameter",
    next: "Read the detail; a newer or older release may not know the value",
    runbook: true,
  },
  "wsman.fault.schemaValidationError": {
    side: "ours",
    title: "The device could not make sense of the request's body",
    next: "Report it with the request's class and method and the device's release",
    runbook: true,
  },
  "wsman.fault.alreadyExists": {
    side: "device",
    title: "The device already holds what was to be made",
    next: "Read what is there; nothing has to be made again",
    runbook: true,
  },
  "wsman.fault.cannotProcessFilter": {
    side: "ours",
    title: "The device could not use the filter of an enumeration",
    next: "Report it with the class and the device's release",
    runbook: true,
  },
  "wsman.fault.encodingLimit": {
    side: "ours",
    title: "The request or its answer is larger than the device can handle",
    next: "Ask for less at once",
    runbook: true,
  },
  "wsman.fault.unsupportedFeature": {
    side: "ours",
    title: "The device does not support what the request asks for",
    next: "Compare the device's release with the one that brought the feature",
    runbook: true,
  },
  "wsman.fault.quotaLimit": {
    side: "device",
    title: "The device is busy with other requests",
    next: "Wait a minute and repeat; find out who else is talking to the device",
    runbook: true,
  },
  "wsman.fault.concurrency": {
    side: "device",
    title: "Someone else is changing the same thing on the device",
    next: "Repeat; if it stays, find out which other manager talks to the device",
    runbook: true,
  },
  "wsman.fault.invalidOptions": {
    side: "ours",
    title: "The device refused an option of the request",
    next: "Report it: Vigil sends no options",
    runbook: true,
  },
  "wsman.fault.timedOut": {
    side: "device",
    title: "The device gave up on the request itself",
    next: "Read the device's state before repeating a change: it may have happened",
    runbook: true,
  },
  "wsman.fault.internalError": {
    side: "device",
    title: "The device failed inside while it worked on the request",
    next: "Look up amtStatus in docs/protocol/wsman.md; if it has none, restart the device's AMT by taking its mains power away",
    runbook: true,
  },
  "wsman.fault.invalidEnumerationContext": {
    side: "device",
    title: "The device forgot a listing before all of it had been read",
    next: "Repeat; devices keep few listings and not for long",
    runbook: true,
  },
  "wsman.fault.filterDialectRequestedUnavailable": {
    side: "ours",
    title: "The device does not know the kind of filter that was sent",
    next: "Report it with the class and the device's release",
    runbook: true,
  },
  "wsman.fault.invalidRepresentation": {
    side: "ours",
    title: "The device refused the new state of an object",
    next: "Read the object again and repeat; if it stays, report the class and the device's release",
    runbook: true,
  },
  "wsman.fault.deliveryModeRequestedUnavailable": {
    side: "ours",
    title: "The device does not deliver events in the way that was asked for",
    next: "Report it with the device's release",
    runbook: true,
  },
  "wsman.fault.invalidMessage": {
    side: "ours",
    title: "The device could not use the subscription request",
    next: "Report it with the device's release",
    runbook: true,
  },
  "wsman.fault.eventSourceUnableToProcess": {
    side: "device",
    title: "The device cannot take the subscription",
    next: "Remove subscriptions that nobody needs; a device holds few",
    runbook: true,
  },
  "wsman.fault.notUnderstood": {
    side: "ours",
    title: "The device must understand a header that it does not know",
    next: "Report it with the request's class and method",
    runbook: true,
  },
  "wsman.fault.unlisted": {
    side: "device",
    title: "The device answered with a fault that the standard does not list",
    next: "Read the fault's name and reason in the details; check that the address is an AMT device's",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(wireErrors);
