import { AMT_GeneralSystemDefenseCapabilities } from "@vigil/model/amt/AMT_GeneralSystemDefenseCapabilities.ts";
import { AMT_Hdr8021Filter } from "@vigil/model/amt/AMT_Hdr8021Filter.ts";
import { AMT_IPHeadersFilter } from "@vigil/model/amt/AMT_IPHeadersFilter.ts";
import { AMT_NetworkPortDefaultSystemDefensePolicy } from "@vigil/model/amt/AMT_NetworkPortDefaultSystemDefensePolicy.ts";
import { AMT_SystemDefensePolicy } from "@vigil/model/amt/AMT_SystemDefensePolicy.ts";
import { CIM_EthernetPort } from "@vigil/model/cim/CIM_EthernetPort.ts";
import type { Instance } from "@vigil/model/define.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { filterDirections, filterProfiles } from "@vigil/model/value-maps.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** What a filter does with the packets that it matches. */
export interface FilterRule {
  /** At most 16 characters. */
  readonly name: string;
  readonly direction: keyof typeof filterDirections;
  readonly action: keyof typeof filterProfiles;
  readonly isReported: boolean;
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
}

const wiredPort = referenceTo(CIM_EthernetPort, {
  CreationClassName: "CIM_EthernetPort",
  DeviceID: "Intel(r) AMT Ethernet Port 0",
  SystemCreationClassName: "CIM_ComputerSystem",
  SystemName: "Intel(r) AMT",
});

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

  async filters(options: CallOptions = {}): Promise<Filter[]> {
    const ethernet = await this.#wsman.enumerate(AMT_Hdr8021Filter, options);
    const ip = await this.#wsman.enumerate(AMT_IPHeadersFilter, options);
    return [...ethernet, ...ip].map(filterOf);
  }

  /** A filter by Ethernet type, e.g. 0x0806 for ARP. @returns its handle */
  async addEthernetFilter(
    rule: FilterRule & { readonly etherType: number },
    options: CallOptions = {},
  ): Promise<number> {
    const value = { ...valueOf(rule), HdrProtocolID8021: rule.etherType };
    return handleOf(await this.#wsman.create(AMT_Hdr8021Filter, value, options));
  }

  /** A filter by IPv4 header. @param rule.protocol e.g. 6 for TCP @returns its handle */
  async addIpFilter(
    rule: FilterRule & { readonly protocol?: number; readonly destinationPorts?: readonly [from: number, to: number] },
    options: CallOptions = {},
  ): Promise<number> {
    const [from, to] = rule.destinationPorts ?? [];
    const value = {
      ...valueOf(rule),
      HdrIPVersion: 4,
      ...(rule.protocol === undefined ? {} : { HdrProtocolID: rule.protocol }),
      ...(from === undefined || to === undefined ? {} : { HdrDestPortStart: from, HdrDestPortEnd: to }),
    };
    return handleOf(await this.#wsman.create(AMT_IPHeadersFilter, value, options));
  }

  async policies(options: CallOptions = {}): Promise<DefensePolicy[]> {
    const all = await this.#wsman.enumerate(AMT_SystemDefensePolicy, options);
    return all.map((one) => ({
      name: one.PolicyName ?? "",
      precedence: one.PolicyPrecedence ?? 0,
      filterHandles: one.FilterCreationHandles ?? [],
      dropsOtherTransmit: one.TxDefaultDrop ?? false,
      dropsOtherReceive: one.RxDefaultDrop ?? false,
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
      TxDefaultCount: false,
      RxDefaultDrop: policy.dropsOtherReceive,
      RxDefaultMatchEvent: false,
      RxDefaultCount: false,
    };
    return this.#wsman.create(AMT_SystemDefensePolicy, value, options);
  }

  /** Puts a policy in force on the wired port, in place of the one that is. */
  async enforce(policy: EndpointReference, options: CallOptions = {}): Promise<void> {
    await this.release(options);
    await this.#wsman.create(
      AMT_NetworkPortDefaultSystemDefensePolicy,
      { Antecedent: wiredPort, Dependent: policy },
      options,
    );
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
      await this.#wsman.delete(AMT_NetworkPortDefaultSystemDefensePolicy, { Antecedent, Dependent }, options);
    }
  }

  async removePolicy(policy: EndpointReference, options: CallOptions = {}): Promise<void> {
    await this.#wsman.delete(AMT_SystemDefensePolicy, policy.selectors, options);
  }
}

function valueOf(rule: FilterRule) {
  return {
    Name: rule.name,
    FilterProfile: rule.action,
    FilterDirection: rule.direction,
    ActionEventOnMatch: rule.isReported,
  };
}

function filterOf(one: Instance<typeof AMT_Hdr8021Filter> | Instance<typeof AMT_IPHeadersFilter>): Filter {
  return {
    handle: handleIn(one.InstanceID),
    name: one.Name,
    direction: typeof one.FilterDirection === "string" ? one.FilterDirection : "receive",
    action: typeof one.FilterProfile === "string" ? one.FilterProfile : "pass",
    isReported: one.ActionEventOnMatch ?? false,
  };
}

function handleOf({ selectors }: EndpointReference): number {
  return handleIn(String(selectors["InstanceID"] ?? ""));
}

/** "… Handle: 7" @source protocols B.14 */
function handleIn(id: string): number {
  return Number(/Handle: (\d+)$/.exec(id)?.[1] ?? Number.NaN);
}
