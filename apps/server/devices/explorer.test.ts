import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Caller } from "../access/access.ts";
import { Audit } from "../audit/audit.ts";
import { Credentials } from "../credentials/credentials.ts";
import { Events } from "../events.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Devices } from "./devices.ts";
import { exploreDevice, type ExplorerDeps } from "./explorer.ts";

const uuid = "01234567-89ab-cdef-0123-456789abcdef";
const reader: Caller = { actor: "api-key:reader", login: "reader", role: "owner", permissions: ["device.read"] };

let postgres: Postgres;
let deps: ExplorerDeps;
before(async () => {
  const clock = testClock();
  postgres = await aDatabase(clock);
  const log = silentLog();
  const masterKey = new Uint8Array(32).fill(7);
  const credentials = await Credentials.start({ postgres, clock, log, masterKey, domainSuffix: "test.example" });
  const devices = new Devices({
    postgres,
    credentials,
    events: new Events(),
    clock,
    oldestTlsIn: () => Promise.resolve("TLSv1.2"),
  });
  deps = { devices, audit: new Audit(postgres, clock), postgres, clock };
});
after(() => postgres[Symbol.asyncDispose]());

test("to invoke wants a right of its own, and who lacks it leaves no trace in the audit", async () => {
  const asked = { verb: "invoke", className: "AMT_MessageLog", method: "FreezeLog" } as const;
  const input = { Freeze: ["true"] };
  const { signal } = new AbortController();
  await assert.rejects(exploreDevice(deps, uuid, { ...asked, input }, reader, signal), {
    code: "access.forbidden",
    details: { permission: "device.invoke" },
  });
  // Reading passes that gate, and then there is no such device.
  const get = { verb: "get", className: "AMT_GeneralSettings" } as const;
  await assert.rejects(exploreDevice(deps, uuid, get, reader, signal), { code: "devices.unknown" });
  assert.deepEqual(await deps.audit.list({ limit: 10 }), []);
});
