import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a request to the server, or with its own state. */
export const serverErrors = {
  "api.request.invalid": {
    side: "caller",
    title: "The request does not fit the route",
    next: "Compare it with /api/openapi.json",
    runbook: true,
  },
  "api.route.unknown": {
    side: "caller",
    title: "There is no such route",
    next: "See /api/openapi.json",
    runbook: true,
  },
  "api.request.too-many": {
    side: "caller",
    title: "Too many requests in a short time",
    next: "Wait a minute, then try again",
    runbook: true,
  },
  "api.caller.gone": {
    side: "caller",
    title: "Who asked has gone before the answer was there",
    next: "Ask again",
  },
  "api.origin.refused": {
    side: "caller",
    title: "The request comes from a page that is not the console",
    next: "Open the console at the address that the server printed",
    runbook: true,
  },
  "access.not-signed-in": {
    side: "caller",
    title: "Nobody is signed in",
    next: "Use the one-time link that the server prints, or an API key",
    runbook: true,
  },
  "access.link.invalid": {
    side: "caller",
    title: "The sign-in link has been used or is too old",
    next: "Get a new one from the server's terminal",
    runbook: true,
  },
  "access.forbidden": {
    side: "caller",
    title: "The right for this is missing",
    next: "Ask an owner for the right that details name",
    runbook: true,
  },
  "access.key.unknown": { side: "caller", title: "There is no such API key", next: "List the keys", runbook: true },
  "devices.unknown": {
    side: "caller",
    title: "There is no such device",
    next: "List the devices; it may be known by another name or not have said hello yet",
    runbook: true,
  },
  "devices.too-many-tags": {
    side: "caller",
    title: "A device would have more tags than it can",
    next: "Take tags away from it first; nothing was changed",
    runbook: true,
  },
  "devices.ambiguous": {
    side: "caller",
    title: "More than one device bears that name or address",
    next: "Name the device by its uuid",
    runbook: true,
  },
  "devices.state.wrong": {
    side: "caller",
    title: "The device is not in a state that allows this",
    next: "Look at its state; only provisioned devices can be managed",
    runbook: true,
  },
  "devices.account.changed": {
    side: "caller",
    title: "The device has another account there now",
    next: "Read the accounts again; nothing was removed",
    runbook: true,
  },
  "devices.account.not-foreign": {
    side: "caller",
    title: "The account is not a foreign one",
    next: "Take it out of the device's profile and apply that; accounts of the firmware stay",
    runbook: true,
  },
  "devices.life.refused": {
    side: "ours",
    title: "The device cannot go from where it stands in its life to there",
    next: "Look at its life state and its timeline; a retired device has to be readmitted first",
    runbook: true,
  },
  "collections.unknown": {
    side: "caller",
    title: "There is no such collection",
    next: "List the collections; names are compared without regard to letter case",
    runbook: true,
  },
  "collections.ring": {
    side: "caller",
    title: "The collection would hold itself, or lies too deep in others",
    next: "Follow the collections that the details name, and take one of them out of a filter",
    runbook: true,
  },
  "collections.pattern": {
    side: "caller",
    title: "Collections are named in a filter, not looked for by a pattern",
    next: "Write collection = NAME, or collection in (NAME, NAME)",
    runbook: true,
  },
  "collections.in-use": {
    side: "caller",
    title: "Filters of other collections name the collection",
    next: "Change the collections that the details name first",
    runbook: true,
  },
  "collections.unclear": {
    side: "caller",
    title: "A collection is made by a filter or by a list of devices",
    next: "Give one of the two",
    runbook: true,
  },
  "collections.taken": {
    side: "caller",
    title: "A collection of that name is there already",
    next: "Choose another name",
    runbook: true,
  },
  "collections.built-in": {
    side: "caller",
    title: "Built-in collections cannot be removed",
    next: "Leave it; it costs nothing",
    runbook: true,
  },
  "server.master-key.missing": {
    side: "caller",
    title: "The master key is missing, and the database holds secrets that only it opens",
    next: "Put the file master.key back into the data folder, or set VIGIL_MASTER_KEY",
    runbook: true,
  },
  "server.master-key.malformed": {
    side: "caller",
    title: "The master key is not 32 bytes as base64",
    next: "Give the key that was made at the first start",
    runbook: true,
  },
  "server.port.in-use": {
    side: "caller",
    title: "A port that the server needs is in use",
    next: "Stop what listens there, or choose another with --http or --hello",
    runbook: true,
  },
  "server.option.invalid": {
    side: "caller",
    title: "An option makes no sense",
    next: "See: vigil server --help",
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(serverErrors);
