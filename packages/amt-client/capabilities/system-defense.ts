import { AMT_ActiveFilterStatistics } from "@vigil/model/amt/AMT_ActiveFilterStatistics.ts";
import { AMT_GeneralSystemDefenseCapabilities } from "@vigil/model/amt/AMT_GeneralSystemDefenseCapabilities.ts";
import { AMT_Hdr8021Filter } from "@vigil/model/amt/AMT_Hdr8021Filter.ts";
import { AMT_IPHeadersFilter } from "@vigil/model/amt/AMT_IPHeadersFilter.ts";
import { AMT_NetworkPortDefaultSystemDefensePolicy } from "@vigil/model/amt/AMT_NetworkPortDefaultSystemDefensePolicy.ts";
import { AMT_NetworkPortSystemDefenseCapabilities } from "@vigil/model/amt/AMT_NetworkPortSystemDefenseCapabilities.ts";
import { AMT_SystemDefensePolicy } from "@vigil/model/amt/AMT_SystemDefensePolicy.ts";
import { CIM_WiFiPort } from "@vigil/model/cim/CIM_WiFiPort.ts";
import type { Instance } from "@vigil/model/define.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { filterDirections, filterProfiles } from "@vigil/model/value-maps.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { wiredPort } from "../ports.ts";
import { refusal, refusalOf } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** What a filter does with the packets that it matches. */
export interface FilterRule {
  /** At most 16 characters. */
  readonly name: string;
  readonly direction: keyof typeof filterDirections;
  readonly action: keyof typeof filterProfiles;
  readonly isReported: boolean;
  /** With action "rateLimit". */
  readonly packetsPerSecond?: number;
}

/** Ends of a range, both within it. */
export type PortRange = readonly [from: number, to: number];

/** Which packets a filter by IP header matches; what is left out does not matter. */
export interface IpFilterRule extends FilterRule {
  /** 4 unless said otherwise. */
  readonly version?: 4 | 6;
  /** e.g. 6 for TCP */
  readonly protocol?: number;
  readonly sourcePorts?: PortRange;
  readonly destinationPorts?: PortRange;
  /** Bytes of an address and its mask, 4 or 16 each. */
  readonly source?: { readonly address: Uint8Array; readonly mask: Uint8Array };
  readonly destination?: { readonly address: Uint8Array; readonly mask: Uint8Array };
}

/** A filter that the device has. */
export interface Filter extends FilterRule {
  readonly handle: number;
}

/** A policy that the device has. */
export interface DefensePolicy {
  readonly name: string;
  readonly precedence: number;
  readonly filterHandles: readonly number[];
  readonly dropsOtherTransmit: boolean;
  readonly dropsOtherReceive: boolean;
  /** Packets that no filter matches are counted; they are not unless said otherwise. */
  readonly countsOther?: boolean;
}

/** A network port of the machine, and the policy in force on it. */
export interface DefensePort {
  readonly port: EndpointReference;
  readonly policy: EndpointReference | undefined;
}

/** A policy with what puts it in force. */
export interface StoredDefensePolicy extends Omit<DefensePolicy, "countsOther"> {
  readonly reference: EndpointReference;
}

/** How a filter of the policy in force has fared. */
export interface FilterStatistics {
  readonly handle: number;
  readonly hasMatched: boolean;
  /** Packets since `since`; of a rate limit 0. */
  readonly packets: number;
  readonly since: Date | undefined;
}

/** Filters on the host's network traffic; the firmware's own is never filtered. @source protocols B.14 */
export class SystemDefense {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  /** How many of each the device can hold. */
  async limits(options: CallOptions = {}): Promise<{ readonly policies: number; readonly filters: number }> {
    const limits = await this.#wsman.get(AMT_GeneralSystemDefenseCapabilities, undefined, options);
    return { policies: limits.GlobalMaxSupportedPolicies ?? 0, filters: limits.GlobalMaxSupportedFilters ?? 0 };
  }

  /** How many filters of one direction a port can hold; undefined where it does not say. */
  async portLimit(options: CallOptions = {}): Promise<number | undefined> {
    const all = await this.#wsman.enumerate(AMT_NetworkPortSystemDefenseCapabilities, options);
    const said = all.flatMap((one) => [one.IPv4_MaxTxFilters ?? 0, one.IPv4_MaxRxFilters ?? 0]);
    return said.length === 0 ? undefined : Math.min(...said);
  }

  /** The wired port and, where the machine has one, the wireless. UNVERIFIED that firmware takes policies for the latter in this way */
  async ports(options: CallOptions = {}): Promise<DefensePort[]> {
    const wireless = await this.#wsman.enumerate(CIM_WiFiPort, options);
    const ties = await this.#wsman.enumerate(AMT_NetworkPortDefaultSystemDefensePolicy, options);
    return [wiredPort, ...wireless.map((one) => referenceTo(CIM_WiFiPort, one))].map((port) => ({
      port,
      policy: ties.find(({ Antecedent }) => isSamePort(Antecedent, port))?.Dependent,
    }));
  }

  /** Puts a policy in force on one port, in place of the one that is; without a policy, all packets pass there again. */
  async enforceOn(
    port: EndpointReference,
    policy: EndpointReference | undefined,
    options: CallOptions = {},
  ): Promise<void> {
    for (const { Antecedent, Dependent } of await this.#wsman.enumerate(
      AMT_NetworkPortDefaultSystemDefensePolicy,
      options,
    )) {
      if (!isSamePort(Antecedent, port)) continue;
      const selectors = { Antecedent, Dependent };
      await this.#told(this.#wsman.delete(AMT_NetworkPortDefaultSystemDefensePolicy, selectors, options));
    }
    if (policy === undefined) return;
    const tie = { Antecedent: port, Dependent: policy };
    await this.#told(this.#wsman.create(AMT_NetworkPortDefaultSystemDefensePolicy, tie, options));
  }

  async filters(options: CallOptions = {}): Promise<Filter[]> {
    const ethernet = await this.#wsman.enumerate(AMT_Hdr8021Filter, options);
    const ip = await this.#wsman.enumerate(AMT_IPHeadersFilter, options);
    return [...ethernet, ...ip].map(filterOf);
  }

  /** A filter by Ethernet type, e.g. 0x0806 for ARP. @returns its handle @throws amt.defense.refused (device); so do all below */
  async addEthernetFilter(
    rule: FilterRule & { readonly etherType: number },
    options: CallOptions = {},
  ): Promise<number> {
    const value = { ...valueOf(rule), HdrProtocolID8021: rule.etherType };
    return handleOf(await this.#told(this.#wsman.create(AMT_Hdr8021Filter, value, options)));
  }

  /** A filter by IP header. @returns its handle */
  async addIpFilter(rule: IpFilterRule, options: CallOptions = {}): Promise<number> {
    const { version = 4, protocol, sourcePorts, destinationPorts, source, destination } = rule;
    const value = {
      ...valueOf(rule),
      HdrIPVersion: version,
      ...(protocol === undefined ? {} : { HdrProtocolID: protocol }),
      ...(sourcePorts === undefined ? {} : { HdrSrcPortStart: sourcePorts[0], HdrSrcPortEnd: sourcePorts[1] }),
      ...(destinationPorts === undefined
        ? {}
        : { HdrDestPortStart: destinationPorts[0], HdrDestPortEnd: destinationPorts[1] }),
      ...(source === undefined ? {} : { HdrSrcAddress: source.address, HdrSrcMask: source.mask }),
      ...(destination === undefined ? {} : { HdrDestAddress: destination.address, HdrDestMask: destination.mask }),
    };
    return handleOf(await this.#told(this.#wsman.create(AMT_IPHeadersFilter, value, options)));
  }

  /** Refused while a policy holds it. */
  async removeFilter(handle: number, options: CallOptions = {}): Promise<void> {
    for (const definition of [AMT_Hdr8021Filter, AMT_IPHeadersFilter]) {
      const all = await this.#wsman.enumerate(definition, options);
      const found = all.find((one) => handleIn(one.InstanceID) === handle);
      if (found === undefined) continue;
      return this.#told(this.#wsman.delete(definition, { InstanceID: found.InstanceID }, options));
    }
    throw this.#refusal("Delete", invalidHandle);
  }

  async policies(options: CallOptions = {}): Promise<StoredDefensePolicy[]> {
    const all = await this.#wsman.enumerate(AMT_SystemDefensePolicy, options);
    return all.map((one) => ({
      name: one.PolicyName ?? "",
      precedence: one.PolicyPrecedence ?? 0,
      filterHandles: one.FilterCreationHandles ?? [],
      dropsOtherTransmit: one.TxDefaultDrop ?? false,
      dropsOtherReceive: one.RxDefaultDrop ?? false,
      reference: referenceTo(AMT_SystemDefensePolicy, one),
    }));
  }

  /** @returns what puts it in force */
  addPolicy(policy: DefensePolicy, options: CallOptions = {}): Promise<EndpointReference> {
    const value = {
      PolicyName: policy.name,
      PolicyPrecedence: policy.precedence,
      AntiSpoofingSupport: 0,
      FilterCreationHandles: policy.filterHandles,
      TxDefaultDrop: policy.dropsOtherTransmit,
      TxDefaultMatchEvent: false,
      TxDefaultCount: policy.countsOther ?? false,
      RxDefaultDrop: policy.dropsOtherReceive,
      RxDefaultMatchEvent: false,
      RxDefaultCount: policy.countsOther ?? false,
    };
    return this.#told(this.#wsman.create(AMT_SystemDefensePolicy, value, options));
  }

  /** Puts a policy in force on the wired port, in place of the one that is. */
  async enforce(policy: EndpointReference, options: CallOptions = {}): Promise<void> {
    await this.release(options);
    const tie = { Antecedent: wiredPort, Dependent: policy };
    await this.#told(this.#wsman.create(AMT_NetworkPortDefaultSystemDefensePolicy, tie, options));
  }

  /** The policy in force on the wired port. */
  async enforced(options: CallOptions = {}): Promise<EndpointReference | undefined> {
    const [one] = await this.#wsman.enumerate(AMT_NetworkPortDefaultSystemDefensePolicy, options);
    return one?.Dependent;
  }

  /** Lets all packets pass again. */
  async release(options: CallOptions = {}): Promise<void> {
    for (const one of await this.#wsman.enumerate(AMT_NetworkPortDefaultSystemDefensePolicy, options)) {
      const { Antecedent, Dependent } = one;
      const selectors = { Antecedent, Dependent };
      await this.#told(this.#wsman.delete(AMT_NetworkPortDefaultSystemDefensePolicy, selectors, options));
    }
  }

  /** Refused while it is in force. */
  async removePolicy(policy: EndpointReference, options: CallOptions = {}): Promise<void> {
    await this.#told(this.#wsman.delete(AMT_SystemDefensePolicy, policy.selectors, options));
  }

  /** How long a policy stays in force once something has put it there; 0 is without limit. */
  async minutesInForce(policy: EndpointReference, options: CallOptions = {}): Promise<number> {
    const call = { ...options, selectors: policy.selectors, effect: "read" } as const;
    const { ReturnValue, Timeout } = await this.#wsman.invoke(AMT_SystemDefensePolicy, "GetTimeout", {}, call);
    if (ReturnValue !== 0) throw this.#refusal("GetTimeout", ReturnValue);
    return Timeout ?? 0;
  }

  /** @param minutes at most 65535; 0 is without limit */
  async limitMinutesInForce(policy: EndpointReference, minutes: number, options: CallOptions = {}): Promise<void> {
    const method = "SetTimeout";
    const call = { ...options, selectors: policy.selectors };
    const { ReturnValue } = await this.#wsman.invoke(AMT_SystemDefensePolicy, method, { Timeout: minutes }, call);
    if (ReturnValue !== 0) throw this.#refusal(method, ReturnValue);
  }

  /** What the filters of a policy in force have matched. @param reset true: counting begins anew */
  async statistics(policy: EndpointReference, reset = false, options: CallOptions = {}): Promise<FilterStatistics[]> {
    const method = "UpdateStatistics";
    const input = { NetworkInterface: wiredPort, ResetOnRead: reset };
    const effect = reset ? ("change" as const) : ("read" as const);
    const call = { ...options, selectors: policy.selectors, effect };
    const { ReturnValue } = await this.#wsman.invoke(AMT_SystemDefensePolicy, method, input, call);
    if (ReturnValue !== 0) throw this.#refusal(method, ReturnValue);
    const all = await this.#wsman.enumerate(AMT_ActiveFilterStatistics, options);
    return all.map(({ Antecedent, FilterMatched, ReadCount, ActivationTime: since }) => ({
      handle: handleOf(Antecedent),
      hasMatched: FilterMatched ?? false,
      packets: ReadCount ?? 0,
      since: since !== undefined && "datetime" in since ? new Date(since.datetime) : undefined,
    }));
  }

  async #told<T>(change: Promise<T>): Promise<T> {
    try {
      return await change;
    } catch (cause) {
      throw refusalOf("amt.defense.refused", cause);
    }
  }

  #refusal(method: string, returnValue: number): Error {
    const { details } = this.#wsman.connection;
    return refusal("amt.defense.refused", { family: "amt", method, returnValue, details });
  }
}

/** @source protocols A.13 */
const invalidHandle = 2053;

function isSamePort(one: EndpointReference | undefined, other: EndpointReference): boolean {
  return one?.selectors["DeviceID"] === other.selectors["DeviceID"];
}

function valueOf(rule: FilterRule) {
  return {
    Name: rule.name,
    FilterProfile: rule.action,
    FilterDirection: rule.direction,
    ActionEventOnMatch: rule.isReported,
    ...(rule.packetsPerSecond === undefined ? {} : { FilterProfileData: rule.packetsPerSecond }),
  };
}

function filterOf(one: Instance<typeof AMT_Hdr8021Filter> | Instance<typeof AMT_IPHeadersFilter>): Filter {
  const action = typeof one.FilterProfile === "string" ? one.FilterProfile : "pass";
  return {
    handle: handleIn(one.InstanceID),
    name: one.Name,
    direction: typeof one.FilterDirection === "string" ? one.FilterDirection : "receive",
    action,
    isReported: one.ActionEventOnMatch ?? false,
    ...(action === "rateLimit" ? { packetsPerSecond: one.FilterProfileData ?? 0 } : {}),
  };
}

function handleOf({ selectors }: EndpointReference): number {
  return handleIn(String(selectors["InstanceID"] ?? ""));
}

/** "… Handle: 7" @source protocols B.14 */
function handleIn(id = ""): number {
  return Number(/Handle: (\d+)$/.exec(id)?.[1] ?? Number.NaN);
}
