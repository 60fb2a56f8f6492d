import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with the database as such. */
export const postgresErrors = {
  "postgres.directory.in-use": {
    side: "caller",
    title: "The data folder is in use by another Vigil process",
    next: "Stop the other process, or give this one a folder of its own with --data",
    runbook: true,
  },
  "postgres.directory.broken": {
    side: "ours",
    title: "The database in the data folder cannot be opened",
    next: "Restore the folder from a backup; keep the broken one for a look",
    runbook: true,
  },
  "postgres.sync.missing": {
    side: "ours",
    title: "The embedded database did not sync a commit to the disk",
    next: "Do not go on with this build: a power cut would lose data. Use --database with a PostgreSQL server",
    runbook: true,
  },
  "postgres.server.unreachable": {
    side: "network",
    title: "The PostgreSQL server cannot be reached",
    next: "Check the address, the password and that the server runs",
    runbook: true,
  },
  "postgres.busy": {
    side: "ours",
    title: "The database was busy for too long",
    next: "Look for a long transaction in the server's log; with many devices use a PostgreSQL server",
    runbook: true,
  },
  "postgres.closed": { side: "ours", title: "The database is closed", next: "Start the server again" },
} as const satisfies ErrorCatalogue;

export const fail = failWith(postgresErrors);
