import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import type { VisitedDevice } from "@vigil/api/resources/visits.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Assignments } from "../assignments/assignments.ts";
import type { Audit } from "../audit/audit.ts";
import type { Credentials, Sealed } from "../credentials/credentials.ts";
import type { Devices } from "../devices/devices.ts";
import type { Way } from "./way.ts";

export interface VisitsDeps {
  readonly postgres: Postgres;
  readonly devices: Devices;
  readonly credentials: Credentials;
  readonly assignments: Pick<Assignments, "likely">;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly dialerTo: (host: string) => Dialer;
}

/** A visit that is open, with its secret. It lies in memory and nowhere else. */
export interface OpenVisit {
  readonly id: string;
  readonly actor: string;
  readonly way: Way;
  readonly username: string;
  readonly password: Sealed<string>;
  readonly openedAt: Date;
  endsAt: number;
  device: VisitedDevice;
  readonly endsBy: () => void;
  /** Aborts with the visit: what the device is being asked then is given up. */
  readonly ended: AbortController;
}
