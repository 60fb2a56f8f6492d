import { setupKeys as routes } from "@vigil/api/resources/setup-keys.ts";
import { withDashes } from "@vigil/amt-client/pre-shared-key.ts";
import { writeSetupFile, type MachineSheet, type SetupVersion } from "@vigil/amt-client/setup-file.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { secretIn, type Credentials, type SetupKey } from "../credentials/credentials.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Provisioning } from "./provisioning.ts";

interface Deps {
  readonly provisioning: Pick<Provisioning, "reopen">;
  readonly credentials: Credentials;
  readonly audit: Audit;
  readonly postgres: Postgres;
}

const factoryPassword = "admin";
/** PIDs in one audit entry. */
const mostNamed = 20;

export function setupKeyRoutes({
  provisioning,
  credentials: { setupKeys },
  audit,
  postgres,
}: Deps): readonly RouteBinding[] {
  return [
    bind(routes.list, async ({ query }) => ({ items: (await setupKeys.list(query.batch)).map(shown) })),
    bind(routes.make, ({ body: { batch, count }, caller }) =>
      postgres.transaction(async (tx) => {
        const made = await setupKeys.make(tx, { batch, count, medium: "list" });
        const summary = `Made ${count} pre-shared keys, batch ${batch}`;
        const details = { batch, count };
        await audit.write(tx, { actor: caller.actor, action: "setup-key.made", summary, details });
        return { items: made.map(printed) };
      }),
    ),
    bind(routes.add, ({ body: { batch, pairs }, caller }) =>
      postgres.transaction(async (tx) => {
        await setupKeys.add(tx, batch, pairs);
        const summary = `Added ${pairs.length} pre-shared keys, batch ${batch}`;
        const details = { batch, count: pairs.length };
        await audit.write(tx, { actor: caller.actor, action: "setup-key.added", summary, details });
        await provisioning.reopen(tx, { kind: "setup-key", pids: pairs.map(({ pid }) => pid) });
        return { added: pairs.length };
      }),
    ),
    bind(routes.print, async ({ body: { batch, reason }, caller }) => {
      const found = await setupKeys.secretsOf(batch);
      // Written down before anybody sees them.
      await postgres.transaction((tx) => {
        const summary = `Printed ${found.length} pre-shared keys, batch ${batch}: ${reason}`;
        const details = { batch, reason, count: found.length };
        return audit.write(tx, { actor: caller.actor, action: "setup-key.printed", summary, details });
      });
      return { items: found.map(({ pid, secret }) => printed({ pid, pps: secretIn(secret.open("reveal")).pps })) };
    }),
    bind(routes.remove, ({ body: { pids }, caller }) =>
      postgres.transaction(async (tx) => {
        const removed = await setupKeys.remove(tx, pids);
        if (removed.length > 0) {
          const summary = `Removed ${removed.length} pre-shared keys`;
          const details = { count: removed.length, pids: removed.slice(0, mostNamed) };
          await audit.write(tx, { actor: caller.actor, action: "setup-key.removed", summary, details });
        }
        return { removed: removed.length };
      }),
    ),
    bind(routes.file, ({ body, caller }) =>
      postgres.transaction(async (tx) => {
        const { batch, count, version = 2, isScrambled = false, hostNames = [], domainName } = body;
        const made = await setupKeys.make(tx, { batch, count, medium: "usb" });
        const sheets = made.map(({ pid, pps, mebxPassword = "" }, index): MachineSheet => {
          const hostName = hostNames[index];
          return {
            currentMebxPassword: body.currentMebxPassword ?? factoryPassword,
            newMebxPassword: mebxPassword,
            pid,
            pps,
            ...(hostName === undefined ? {} : { hostName }),
            ...(domainName === undefined ? {} : { domainName }),
          };
        });
        const bytes = writeSetupFile(sheets, { version: versionOf(version), isScrambled, isKept: false });
        const summary = `Made a setup.bin for ${count} machines, batch ${batch}`;
        const details = { batch, count };
        await audit.write(tx, { actor: caller.actor, action: "setup-key.file", summary, details });
        return { pids: made.map(({ pid }) => pid), file: Buffer.from(bytes).toString("base64") };
      }),
    ),
  ];
}

function versionOf(number: number): SetupVersion {
  return ([1, 2, 3, 4] as const).find((one) => one === number) ?? 2;
}

function printed({ pid, pps }: { readonly pid: string; readonly pps: string }) {
  return { pid: withDashes(pid), pps: withDashes(pps) };
}

function shown({ pid, batch, medium, madeAt, device, usedAt }: SetupKey) {
  return { pid, batch, medium, madeAt: madeAt.toISOString(), device, usedAt: usedAt?.toISOString() ?? null };
}
