import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Permission } from "@vigil/api/route.ts";
import { testClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Caller } from "../access/access.ts";
import { Audit } from "../audit/audit.ts";
import { Credentials } from "../credentials/credentials.ts";
import { Devices } from "../devices/devices.ts";
import { Events } from "../events.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Recordings } from "./recordings.ts";
import { Sessions } from "./sessions.ts";

// Who gets a ticket. What becomes of one is played with a device in apps/lab/tests/sessions.test.ts.

const known = "01234567-89ab-cdef-0123-456789abcdef";
const unknown = "11234567-89ab-cdef-0123-456789abcdef";

let postgres: Postgres;
let audit: Audit;
let sessions: Sessions;
const folder = mkdtempSync(join(tmpdir(), "vigil-sessions-"));

before(async () => {
  const clock = testClock();
  const log = silentLog();
  postgres = await aDatabase(clock);
  audit = new Audit(postgres, clock);
  const masterKey = new Uint8Array(32).fill(7);
  const credentials = await Credentials.start({ postgres, clock, log, masterKey, domainSuffix: "test.example" });
  const oldestTlsIn = () => Promise.resolve("TLSv1.2" as const);
  const devices = new Devices({ postgres, credentials, events: new Events(), clock, oldestTlsIn });
  const recordings = new Recordings({ postgres, audit, clock, log, folder });
  sessions = new Sessions({ postgres, devices, audit, recordings, clock, log });
  const at = new Date(clock.now());
  await postgres.transaction(async (tx) => void (await devices.sighted(tx, { uuid: known, address: "192.0.2.7", at })));
});
after(async () => {
  await postgres.close();
  rmSync(folder, { recursive: true, force: true });
});

function caller(...permissions: readonly Permission[]): Caller {
  return { actor: "api-key:helpdesk", login: "helpdesk", role: "owner", permissions };
}

test("each kind of session wants a right of its own, and who lacks it learns nothing of the device", async () => {
  const mayScreen = caller("device.read", "session.kvm");
  for (const kind of ["sol", "ider"] as const) {
    for (const uuid of [known, unknown]) {
      await assert.rejects(sessions.ask(mayScreen, uuid, { kind }), {
        code: "access.forbidden",
        details: { permission: `session.${kind}` },
      });
    }
  }
  await assert.rejects(sessions.ask(mayScreen, unknown, { kind: "kvm" }), { code: "devices.unknown" });
});

test("a device that is not ours has no sessions", async () => {
  await assert.rejects(sessions.ask(caller("session.sol"), known, { kind: "sol" }), {
    code: "devices.state.wrong",
    details: { device: known, state: "factory", needed: "provisioned" },
  });
});

test("what is refused before anything is opened leaves no trace in the audit, and nothing in the list", async () => {
  assert.deepEqual(await audit.list({ limit: 10 }), []);
  assert.deepEqual(sessions.list(caller("session.manage")), []);
  await assert.rejects(sessions.kill(caller("session.manage"), unknown), { code: "sessions.unknown" });
});
