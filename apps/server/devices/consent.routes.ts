import type { AmtDevice } from "@vigil/amt-client/device.ts";
import { consent as routes, type ConsentState } from "@vigil/api/resources/consent.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Devices } from "./devices.ts";

interface ConsentDeps {
  readonly devices: Devices;
  readonly audit: Audit;
  readonly postgres: Postgres;
}

/** The user's consent, asked for, handed over and taken back. The code itself is written down nowhere. */
export function consentRoutes({ devices, audit, postgres }: ConsentDeps): readonly RouteBinding[] {
  const stateOf = async (device: AmtDevice): Promise<ConsentState> => {
    const { policy, state, codeTimeoutSeconds, sessionTimeoutSeconds } = await device.consent.read();
    return { policy, state, codeTimeoutSeconds, sessionTimeoutSeconds };
  };
  const done = async (
    request: {
      readonly params: { readonly id: string };
      readonly caller: { readonly actor: string };
      readonly signal: AbortSignal;
    },
    note: { readonly action: string; readonly summary: string },
    work: (device: AmtDevice) => Promise<void>,
  ): Promise<ConsentState> => {
    const { params, caller, signal } = request;
    const state = await devices.using(params.id, { signal }, async (device) => {
      await work(device);
      return stateOf(device);
    });
    await postgres.transaction((tx) => audit.write(tx, { actor: caller.actor, device: params.id, ...note }));
    return state;
  };
  return [
    bind(routes.show, ({ params, signal }) => devices.using(params.id, { signal }, stateOf)),
    bind(routes.start, (request) =>
      done(
        request,
        { action: "consent.asked", summary: "Asked the user for consent: the screen shows a code" },
        (device) => device.consent.start(),
      ),
    ),
    bind(routes.send, (request) =>
      done(request, { action: "consent.given", summary: "Handed over the code that the user read out" }, (device) =>
        device.consent.send(request.body.code),
      ),
    ),
    bind(routes.cancel, (request) =>
      done(request, { action: "consent.cancelled", summary: "Ended the user's consent" }, (device) =>
        device.consent.cancel(),
      ),
    ),
  ];
}
