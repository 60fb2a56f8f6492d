import { Check } from "typebox/value";
import { StoredAccounts } from "./device-accounts.ts";
import { HeldCertificates } from "./device-certificates.ts";
import { DeviceNetwork } from "./device-network.ts";
import { Hardware, LogState } from "./readings.ts";

/** Whether what was kept fits what is kept today. */
export function isHardware(value: unknown): value is Hardware {
  return Check(Hardware, value);
}

export function isLogState(value: unknown): value is LogState {
  return Check(LogState, value);
}

export function isDeviceNetwork(value: unknown): value is DeviceNetwork {
  return Check(DeviceNetwork, value);
}

export function isStoredAccounts(value: unknown): value is StoredAccounts {
  return Check(StoredAccounts, value);
}

export function isHeldCertificates(value: unknown): value is HeldCertificates {
  return Check(HeldCertificates, value);
}
