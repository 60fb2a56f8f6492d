import assert from "node:assert/strict";
import { test } from "node:test";
import type { Permission } from "@vigil/api/route.ts";
import type { Caller } from "../access/access.ts";
import { holderFor, type Held } from "./places.ts";
import { usualLimits, type Grant } from "./session.ts";

function caller(actor: string, ...permissions: readonly Permission[]): Caller {
  return { actor, login: actor, role: "owner", permissions };
}

function grant(more: Partial<Grant> = {}): Grant {
  const usual = {
    id: "one",
    device: "desk-1",
    kind: "kvm",
    isViewOnly: false,
    takesOver: false,
    isResumable: false,
  } as const;
  return { ...usual, caller: caller("api-key:anna"), ...more };
}

const startedAt = new Date("2026-01-02T03:04:05Z");
const held = (more: Partial<Grant> = {}): Held => ({ grant: grant(more), startedAt });
const ben = caller("api-key:ben");

test("a device has one session of each kind, and who asks for a second hears who has it and since when", () => {
  const all = [held()];
  assert.equal(holderFor(grant({ kind: "sol" }), all, usualLimits), undefined);
  assert.equal(holderFor(grant({ device: "desk-2" }), all, usualLimits), undefined);
  assert.throws(() => holderFor(grant({ caller: ben }), all, usualLimits), {
    code: "sessions.busy",
    message: "api-key:anna has had the device's screen since 2026-01-02T03:04:05.000Z",
    details: { device: "desk-1", kind: "kvm", by: "api-key:anna", since: startedAt.toISOString(), session: "one" },
  });
});

test("one's own is taken over, another's with the right to manage sessions alone", () => {
  const all = [held()];
  assert.equal(holderFor(grant({ takesOver: true }), all, usualLimits), all[0]);
  assert.throws(() => holderFor(grant({ caller: ben, takesOver: true }), all, usualLimits), {
    code: "access.forbidden",
  });
  const chief = caller("owner", "session.manage");
  assert.equal(holderFor(grant({ caller: chief, takesOver: true }), all, usualLimits), all[0]);
});

test("a device and the server have no more sessions than they may", () => {
  const limits = { ...usualLimits, mostOnDevice: 1, mostOnServer: 2 };
  const onDevice = { code: "sessions.too-many", details: { device: "desk-1", most: 1 } };
  assert.throws(() => holderFor(grant({ kind: "sol" }), [held()], limits), onDevice);
  const all = [held({ device: "desk-2" }), held({ device: "desk-3" })];
  assert.throws(() => holderFor(grant(), all, limits), { code: "sessions.too-many", details: { most: 2 } });
});
