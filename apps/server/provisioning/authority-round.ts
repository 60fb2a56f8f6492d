import { reportOf } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { Credentials } from "../credentials/credentials.ts";

/** Renews Vigil's own authority when it is time, and says when the end of one comes near: each warning once. */
export async function authorityRound(deps: {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly credentials: Credentials;
  readonly log: Log;
}): Promise<void> {
  const { postgres, audit, log } = deps;
  const { authorities } = deps.credentials;
  try {
    await postgres.transaction(async (tx) => {
      const renewed = await authorities.renew(tx);
      if (renewed !== undefined) {
        const { id, name, renews } = renewed;
        const summary = `Renewed the devices' authority: ${name} is in use`;
        await audit.write(tx, { actor: "vigil", action: "authority.renewed", summary, details: { id, renews } });
      }
      for (const { authority, days } of await authorities.warnings(tx)) {
        const { id, name, expiresAt } = authority;
        const end = expiresAt?.toISOString() ?? null;
        const summary =
          days === 0 ? `The authority ${name} has expired` : `The authority ${name} ends within ${days} days`;
        const action = days === 0 ? "authority.expired" : "authority.expires";
        await audit.write(tx, { actor: "vigil", action, summary, details: { id, expiresAt: end } });
        log.warn("a device authority comes to its end", { authority: name, days, expiresAt: end });
      }
    });
  } catch (error) {
    log.error("the authorities could not be looked after; the next round is in an hour", {
      error,
      code: reportOf(error).code,
    });
  }
}
