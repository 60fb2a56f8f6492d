import { AMT_EnvironmentDetectionSettingData } from "@vigil/model/amt/AMT_EnvironmentDetectionSettingData.ts";
import { AMT_ManagementPresenceRemoteSAP } from "@vigil/model/amt/AMT_ManagementPresenceRemoteSAP.ts";
import { AMT_MPSUsernamePassword } from "@vigil/model/amt/AMT_MPSUsernamePassword.ts";
import { AMT_RemoteAccessCapabilities } from "@vigil/model/amt/AMT_RemoteAccessCapabilities.ts";
import { AMT_RemoteAccessCredentialContext } from "@vigil/model/amt/AMT_RemoteAccessCredentialContext.ts";
import { AMT_RemoteAccessPolicyAppliesToMPS } from "@vigil/model/amt/AMT_RemoteAccessPolicyAppliesToMPS.ts";
import { AMT_RemoteAccessPolicyRule } from "@vigil/model/amt/AMT_RemoteAccessPolicyRule.ts";
import { AMT_RemoteAccessService } from "@vigil/model/amt/AMT_RemoteAccessService.ts";
import {
  AMT_UserInitiatedConnectionService,
  type userInitiatedStates,
} from "@vigil/model/amt/AMT_UserInitiatedConnectionService.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { sessionTriggers } from "@vigil/model/value-maps.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { certificateAt } from "../ieee8021x.ts";
import { formatOf } from "../ports.ts";
import { refusal, refusalOf } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** A server that the device calls from outside. */
export interface PresenceServer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** What its certificate must be made out to, when `host` is an address. */
  readonly certificateName: string;
}

/** A server that the device has. */
export interface StoredServer extends PresenceServer {
  /** What policies name it by. */
  readonly reference: EndpointReference;
}

export type Trigger = keyof typeof sessionTriggers;

/** When the device calls, and for how long it stays. */
export interface RemoteAccessPolicy {
  readonly name: string;
  readonly trigger: Trigger | number;
  /** 0 is without limit. */
  readonly lifetimeSeconds: number;
  /** With "periodic": every so many seconds, or daily at a time of the device's clock. */
  readonly schedule?: CallSchedule;
  /** Names of the servers that are called, the first one first. */
  readonly servers: readonly string[];
}

export type CallSchedule =
  | { readonly everySeconds: number }
  | { readonly dailyAt: { readonly hour: number; readonly minute: number } };

/** How the device proves itself to a server. */
export type PresenceLogin =
  | { readonly username: string; readonly password: string }
  /** Of a certificate whose key is on the device. */
  | { readonly certificateId: string };

/** Who at the machine may have the device call. */
export type UserCalls = keyof typeof userInitiatedStates;

export interface RemoteAccessLimits {
  readonly servers: number;
  readonly policies: number;
  readonly serversPerPolicy: number;
}

/** Calls home, and how the device knows that it is outside. @source protocols B.13 */
export class RemoteAccess {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async servers(options: CallOptions = {}): Promise<StoredServer[]> {
    const all = await this.#wsman.enumerate(AMT_ManagementPresenceRemoteSAP, options);
    return all.map((one) => ({
      name: one.Name,
      host: one.AccessInfo ?? "",
      port: one.Port ?? 0,
      certificateName: one.CN ?? "",
      reference: referenceTo(AMT_ManagementPresenceRemoteSAP, one),
    }));
  }

  /** With what name the device logs in to each server that asks for one, by the server's name. */
  async usernames(options: CallOptions = {}): Promise<ReadonlyMap<string, string>> {
    const logins = await this.#wsman.enumerate(AMT_MPSUsernamePassword, options);
    const ties = await this.#wsman.enumerate(AMT_RemoteAccessCredentialContext, options);
    return new Map(
      ties.flatMap(({ ElementInContext, ElementProvidingContext }) => {
        const login = logins.find((one) => one.InstanceID === ElementInContext.selectors["InstanceID"]);
        const server = ElementProvidingContext.selectors["Name"];
        return login === undefined ? [] : [[String(server ?? ""), login.RemoteID ?? ""] as const];
      }),
    );
  }

  /**
   * Adds a server to which the device logs in with a name and a password of at most 16 characters each, or with a certificate.
   * @returns what policies name it by
   * @throws amt.remote-access.refused (device)
   */
  async addServer(
    server: Omit<PresenceServer, "name"> & PresenceLogin,
    options: CallOptions = {},
  ): Promise<EndpointReference> {
    const { host, port, certificateName } = server;
    const method = "AddMpServer";
    const input = {
      AccessInfo: host,
      InfoFormat: formatOf(host),
      Port: port,
      ...loginOf(server),
      ...(certificateName === "" ? {} : { CN: certificateName }),
    } as const;
    const answer = await this.#wsman.invoke(AMT_RemoteAccessService, method, input, options);
    this.#check(method, answer.ReturnValue);
    if (answer.MpServer === undefined) throw this.#refusal(method, 1);
    return answer.MpServer;
  }

  /** Refused while a policy names it. */
  async removeServer(name: string, options: CallOptions = {}): Promise<void> {
    await this.#told(this.#wsman.delete(AMT_ManagementPresenceRemoteSAP, { Name: name }, options));
  }

  async policies(options: CallOptions = {}): Promise<RemoteAccessPolicy[]> {
    const all = await this.#wsman.enumerate(AMT_RemoteAccessPolicyRule, options);
    const ties = await this.#wsman.enumerate(AMT_RemoteAccessPolicyAppliesToMPS, options);
    return all.map(({ PolicyRuleName: name, Trigger, TunnelLifeTime, ExtendedData }) => {
      const schedule = Trigger === "periodic" ? scheduleOf(ExtendedData) : undefined;
      return {
        name,
        trigger: Trigger ?? "userInitiated",
        lifetimeSeconds: TunnelLifeTime ?? 0,
        ...(schedule === undefined ? {} : { schedule }),
        servers: ties
          .filter((one) => one.PolicySet.selectors["PolicyRuleName"] === name)
          .toSorted((a, b) => (a.OrderOfAccess ?? 0) - (b.OrderOfAccess ?? 0))
          .map((one) => String(one.ManagedElement.selectors["Name"] ?? "")),
      };
    });
  }

  /** @param policy.schedule with "periodic" @throws amt.remote-access.refused (device) */
  async addPolicy(
    policy: {
      readonly trigger: Trigger;
      readonly lifetimeSeconds: number;
      readonly schedule?: CallSchedule;
      readonly servers: readonly EndpointReference[];
    },
    options: CallOptions = {},
  ): Promise<void> {
    const { trigger, lifetimeSeconds, schedule, servers } = policy;
    const method = "AddRemoteAccessPolicyRule";
    const input = {
      Trigger: trigger,
      TunnelLifeTime: lifetimeSeconds,
      ...(schedule === undefined ? {} : { ExtendedData: scheduleBytes(schedule) }),
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
    await this.#told(this.#wsman.put(AMT_EnvironmentDetectionSettingData, changes, undefined, options));
  }

  /** How many of each the device can hold. */
  async limits(options: CallOptions = {}): Promise<RemoteAccessLimits> {
    const limits = await this.#wsman.get(AMT_RemoteAccessCapabilities, undefined, options);
    return {
      servers: limits.MaxTotalMpServers ?? 0,
      policies: limits.MaxTotalPolicies ?? 0,
      serversPerPolicy: limits.MaxMpsPerPolicy ?? 0,
    };
  }

  /** Whether the device is in a call now; undefined where the release does not say. */
  async isConnected(options: CallOptions = {}): Promise<boolean | undefined> {
    const service = await this.#wsman.get(AMT_RemoteAccessService, undefined, options);
    return service.IsRemoteTunnelConnected;
  }

  /** Ends the call that the device is in. @throws amt.remote-access.refused (device), also when it is in none */
  async hangUp(options: CallOptions = {}): Promise<void> {
    const method = "CloseRemoteAccessConnection";
    this.#check(method, (await this.#wsman.invoke(AMT_RemoteAccessService, method, {}, options)).ReturnValue);
  }

  async userCalls(options: CallOptions = {}): Promise<UserCalls | number> {
    const service = await this.#wsman.get(AMT_UserInitiatedConnectionService, undefined, options);
    return service.EnabledState ?? "none";
  }

  /** @throws amt.remote-access.refused (device) */
  async allowUserCalls(from: UserCalls, options: CallOptions = {}): Promise<void> {
    const method = "RequestStateChange";
    const input = { RequestedState: from };
    this.#check(
      method,
      (await this.#wsman.invoke(AMT_UserInitiatedConnectionService, method, input, options)).ReturnValue,
    );
  }

  async #told(change: Promise<unknown>): Promise<void> {
    try {
      await change;
    } catch (cause) {
      throw refusalOf("amt.remote-access.refused", cause);
    }
  }

  #check(method: string, returnValue: number): void {
    if (returnValue !== 0) throw this.#refusal(method, returnValue);
  }

  #refusal(method: string, returnValue: number): Error {
    const { details } = this.#wsman.connection;
    return refusal("amt.remote-access.refused", { family: "amt", method, returnValue, details });
  }
}

function loginOf(login: PresenceLogin) {
  if ("certificateId" in login) {
    return { AuthMethod: "mutual", Certificate: certificateAt(login.certificateId) } as const;
  }
  return { AuthMethod: "usernamePassword", Username: login.username, Password: login.password } as const;
}

// When a device calls by itself, big-endian.  @source protocols B.13 "ExtendedData"
//
//   offset size field
//        0    4 kind: 0 interval, 1 time of day
//        4    4 seconds, or the hour
//        8    4 (time of day only) the minute

const interval = 0;
const timeOfDay = 1;

function scheduleBytes(schedule: CallSchedule): Uint8Array {
  const isDaily = "dailyAt" in schedule;
  const bytes = Buffer.alloc(isDaily ? 12 : 8);
  bytes.writeUInt32BE(isDaily ? timeOfDay : interval, 0);
  bytes.writeUInt32BE(isDaily ? schedule.dailyAt.hour : schedule.everySeconds, 4);
  if (isDaily) bytes.writeUInt32BE(schedule.dailyAt.minute, 8);
  return bytes;
}

function scheduleOf(bytes: Uint8Array | undefined): CallSchedule | undefined {
  if (bytes === undefined || bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = view.getUint32(0);
  if (kind === interval) return { everySeconds: view.getUint32(4) };
  if (kind !== timeOfDay || bytes.length < 12) return undefined;
  return { dailyAt: { hour: view.getUint32(4), minute: view.getUint32(8) } };
}
