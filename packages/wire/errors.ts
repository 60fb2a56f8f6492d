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
  "wire.wsman.envelope": {
    side: "device",
    title: "The message is not a WS-Management envelope",
    next: compare,
    runbook: true,
  },
  "wire.http.malformed": { side: "device", title: "The message is not HTTP/1.1", next: compare, runbook: true },
  "wire.http.too-large": {
    side: "device",
    title: "An HTTP message is larger than the limit",
    next: "Treat the sender as hostile or broken",
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
} as const satisfies ErrorCatalogue;

export const fail = failWith(wireErrors);
