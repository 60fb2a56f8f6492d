import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a command line. */
export const cliErrors = {
  "cli.account.missing": {
    side: "caller",
    title: "The command line is not signed in to a Vigil server",
    next: "Set VIGIL_URL and VIGIL_TOKEN, or run: vigil login LINK (the one-time link that the server printed)",
    runbook: true,
  },
  "cli.secret.missing": {
    side: "caller",
    title: "A password or key is needed, and nobody is there to type it",
    next: "Set the environment variable that the details name, or run the command in a terminal",
    runbook: true,
  },
  "cli.screen.late": {
    side: "device",
    title: "The screen did not show a whole picture in time",
    next: "Look whether the machine is on and has a display, then try again",
    runbook: true,
  },
  "cli.device-account.unknown": {
    side: "caller",
    title: "The device has no account of that name",
    next: "See: vigil device accounts DEVICE",
  },
  "cli.stopped": {
    side: "caller",
    title: "Stopped",
    next: "Run it again when you want it",
  },
  "cli.usage.wrong": {
    side: "caller",
    title: "The command line does not make sense",
    next: "See: vigil --help",
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(cliErrors);
