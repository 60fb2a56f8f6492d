import type { FirmwareState } from "./state.ts";

/** What IPS_KVMRedirectionSettingData says, as far as KVM minds it. */
export interface KvmSettings {
  /** Whether the plain screen port may be open. */
  readonly isPlainPortOn: boolean;
  /** Of that port; empty while none is set. */
  readonly password: string;
  readonly wantsConsent: boolean;
  /** 0 for no limit. */
  readonly idleLimitMs: number;
}

/** @source recorded answers: what a device has before anybody changed it */
const unset = { isPlainPortOn: false, password: "", wantsConsent: true, idleLimitMs: 3 * 60_000 } as const;

export function kvmSettingsOf(state: Readonly<FirmwareState>): KvmSettings {
  const [stored] = state.stored["IPS_KVMRedirectionSettingData"] ?? [];
  if (stored === undefined) return unset;
  const text = (name: string): string => stored.children.find((one) => one.name === name)?.text ?? "";
  const minutes = text("SessionTimeout");
  return {
    isPlainPortOn: text("Is5900PortEnabled") === "true",
    password: text("RFBPassword"),
    wantsConsent: text("OptInPolicy") !== "false",
    idleLimitMs: minutes === "" ? unset.idleLimitMs : Number(minutes) * 60_000,
  };
}

/** The plain screen port needs its switch, a password and KVM itself. The listener's switch is redirection's own: UNVERIFIED. */
export function isScreenPortOn(state: Readonly<FirmwareState>): boolean {
  const { isPlainPortOn, password } = kvmSettingsOf(state);
  return state.redirection.kvm && isPlainPortOn && password !== "";
}
