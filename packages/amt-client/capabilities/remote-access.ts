import { AMT_EnvironmentDetectionSettingData } from "@vigil/model/amt/AMT_EnvironmentDetectionSettingData.ts";
import { AMT_ManagementPresenceRemoteSAP } from "@vigil/model/amt/AMT_ManagementPresenceRemoteSAP.ts";
import { AMT_RemoteAccessPolicyRule } from "@vigil/model/amt/AMT_RemoteAccessPolicyRule.ts";
import { AMT_RemoteAccessService } from "@vigil/model/amt/AMT_RemoteAccessService.ts";
import { sessionTriggers } from "@vigil/model/value-maps.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** A server that the device calls from outside. */
export interface PresenceServer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** What its certificate must be made out to, when `host` is an address. */
  readonly certificateName: string;
}

export type Trigger = keyof typeof sessionTriggers;

/** When the device calls, and for how long it stays. */
export interface RemoteAccessPolicy {
  readonly name: string;
  readonly trigger: Trigger | number;
  /** 0 is without limit. */
  readonly lifetimeSeconds: number;
}

/** Calls home, and how the device knows that it is outside. @source protocols B.13 */
export class RemoteAccess {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async servers(options: CallOptions = {}): Promise<PresenceServer[]> {
    const all = await this.#wsman.enumerate(AMT_ManagementPresenceRemoteSAP, options);
    return all.map((one) => ({
      name: one.Name,
      host: one.AccessInfo ?? "",
      port: one.Port ?? 0,
      certificateName: one.CN ?? "",
    }));
  }

  /**
   * Adds a server to which the device logs in with a name and a password of at most 16 characters each.
   * @returns what policies name it by
   * @throws amt.remote-access.refused (device)
   */
  async addServer(
    server: Omit<PresenceServer, "name"> & { readonly username: string; readonly password: string },
    options: CallOptions = {},
  ): Promise<EndpointReference> {
    const { host, port, certificateName, username, password } = server;
    const method = "AddMpServer";
    const input = {
      AccessInfo: host,
      InfoFormat: formatOf(host),
      Port: port,
      AuthMethod: "usernamePassword",
      Username: username,
      Password: password,
      ...(certificateName === "" ? {} : { CN: certificateName }),
    } as const;
    const answer = await this.#wsman.invoke(AMT_RemoteAccessService, method, input, options);
    this.#check(method, answer.ReturnValue);
    if (answer.MpServer === undefined) throw this.#refusal(method, 1);
    return answer.MpServer;
  }

  /** Refused while a policy names it. */
  async removeServer(name: string, options: CallOptions = {}): Promise<void> {
    await this.#wsman.delete(AMT_ManagementPresenceRemoteSAP, { Name: name }, options);
  }

  async policies(options: CallOptions = {}): Promise<RemoteAccessPolicy[]> {
    const all = await this.#wsman.enumerate(AMT_RemoteAccessPolicyRule, options);
    return all.map((one) => ({
      name: one.PolicyRuleName,
      trigger: one.Trigger ?? "userInitiated",
      lifetimeSeconds: one.TunnelLifeTime ?? 0,
    }));
  }

  /** @param policy.everySeconds with "periodic" @throws amt.remote-access.refused (device) */
  async addPolicy(
    policy: {
      readonly trigger: Trigger;
      readonly lifetimeSeconds: number;
      readonly everySeconds?: number;
      readonly servers: readonly EndpointReference[];
    },
    options: CallOptions = {},
  ): Promise<void> {
    const { trigger, lifetimeSeconds, everySeconds, servers } = policy;
    const method = "AddRemoteAccessPolicyRule";
    const input = {
      Trigger: trigger,
      TunnelLifeTime: lifetimeSeconds,
      ...(everySeconds === undefined ? {} : { ExtendedData: intervalBytes(everySeconds) }),
      MpServer: servers,
    };
    const { ReturnValue } = await this.#wsman.invoke(AMT_RemoteAccessService, method, input, options);
    this.#check(method, ReturnValue);
  }

  async removePolicy(name: string, options: CallOptions = {}): Promise<void> {
    await this.#wsman.delete(AMT_RemoteAccessPolicyRule, { PolicyRuleName: name }, options);
  }

  /** Domains inside which the device does not call; none means that it is always inside. */
  async homeDomains(options: CallOptions = {}): Promise<readonly string[]> {
    const settings = await this.#wsman.get(AMT_EnvironmentDetectionSettingData, undefined, options);
    return settings.DetectionStrings ?? [];
  }

  /** @param domains at most five, of at most 192 characters */
  async setHomeDomains(domains: readonly string[], options: CallOptions = {}): Promise<void> {
    const changes = { DetectionAlgorithm: "localDomains", DetectionStrings: domains } as const;
    await this.#wsman.put(AMT_EnvironmentDetectionSettingData, changes, undefined, options);
  }

  #check(method: string, returnValue: number): void {
    if (returnValue !== 0) throw this.#refusal(method, returnValue);
  }

  #refusal(method: string, returnValue: number): Error {
    const { details } = this.#wsman.connection;
    return refusal("amt.remote-access.refused", { family: "amt", method, returnValue, details });
  }
}

function formatOf(host: string): "ipv4" | "ipv6" | "fqdn" {
  if (host.includes(":")) return "ipv6";
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) ? "ipv4" : "fqdn";
}

/** Type 0, then seconds, big-endian. @source protocols B.13 "ExtendedData" */
function intervalBytes(seconds: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(seconds, 4);
  return bytes;
}
