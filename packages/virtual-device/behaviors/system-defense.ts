import { AMT_ActiveFilterStatistics } from "@vigil/model/amt/AMT_ActiveFilterStatistics.ts";
import { AMT_FilterInSystemDefensePolicy } from "@vigil/model/amt/AMT_FilterInSystemDefensePolicy.ts";
import { AMT_GeneralSystemDefenseCapabilities } from "@vigil/model/amt/AMT_GeneralSystemDefenseCapabilities.ts";
import { AMT_Hdr8021Filter } from "@vigil/model/amt/AMT_Hdr8021Filter.ts";
import { AMT_IPHeadersFilter } from "@vigil/model/amt/AMT_IPHeadersFilter.ts";
import { AMT_NetworkPortDefaultSystemDefensePolicy } from "@vigil/model/amt/AMT_NetworkPortDefaultSystemDefensePolicy.ts";
import { AMT_NetworkPortSystemDefenseCapabilities } from "@vigil/model/amt/AMT_NetworkPortSystemDefenseCapabilities.ts";
import { AMT_NetworkPortSystemDefensePolicy } from "@vigil/model/amt/AMT_NetworkPortSystemDefensePolicy.ts";
import { AMT_SystemDefensePolicy } from "@vigil/model/amt/AMT_SystemDefensePolicy.ts";
import { AMT_SystemDefensePolicyInService } from "@vigil/model/amt/AMT_SystemDefensePolicyInService.ts";
import { AMT_SystemDefenseService } from "@vigil/model/amt/AMT_SystemDefenseService.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { implement, realms, returns, type Behavior, type Call, type Refusal } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import { handleIn } from "../firmware/defense.ts";
import { amtKeys } from "../names.ts";
import { entries } from "../entries.ts";
import { freeNumber, storedAt, storedOf } from "../stored.ts";

const { circuitBreaker: realm } = realms;
/** PT_STATUS. @source protocols A.13 */
const refused = (status: number): Refusal => ({ fault: "InternalError", status });
const invalidName = 12;
const notPermitted = 16;
const limitReached = 23;
const invalidParameter = 36;
const invalidHandle = 2053;
/** UNVERIFIED; the device says them in its capabilities. */
const limits = { policies: 16, filters: 64, perDirection: 31 } as const;

const service = {
  CreationClassName: "AMT_SystemDefenseService",
  ElementName: "Intel(r) AMT System Defense Service",
  Name: "Intel(r) AMT System Defense Service",
  ...amtKeys,
} as const;

/** Filters by Ethernet and IP header, policies, and which are in force. @source protocols B.14 */
export const systemDefense: readonly Behavior[] = [
  implement(AMT_SystemDefenseService)({ realm, list: () => [service] }),
  implement(AMT_GeneralSystemDefenseCapabilities)({
    realm,
    list: () => [
      {
        ElementName: "Intel(r) AMT: System Defense Capabilities",
        GlobalMaxSupportedFilters: limits.filters,
        GlobalMaxSupportedPolicies: limits.policies,
        InstanceID: "Intel(r) AMT:General System Defense Capabilities",
      },
    ],
  }),
  implement(AMT_NetworkPortSystemDefenseCapabilities)({
    realm,
    list: () => [
      {
        ElementName: "Intel(r) AMT: Network Port System Defense Capabilities",
        IPv4_AntiSpoofingCapable: true,
        IPv4_MaxRxCounters: limits.perDirection,
        IPv4_MaxRxFilters: limits.perDirection,
        IPv4_MaxTxCounters: limits.perDirection,
        IPv4_MaxTxFilters: limits.perDirection,
        IPv6_AntiSpoofingCapable: true,
        IPv6_MaxRxCounters: 0,
        IPv6_MaxRxFilters: 0,
        IPv6_MaxTxCounters: 0,
        IPv6_MaxTxFilters: 0,
        IPv6_to_IPv4_Ratio: 0,
        InstanceID: "Intel(r) AMT:Network Port System Defense Capabilities 0",
      },
    ],
  }),
  entries(AMT_Hdr8021Filter)({
    realm,
    most: limits.filters,
    create: (call, value) => filterOf(call, "AMT_Hdr8021Filter", value),
    remove: removeFilter,
  }),
  entries(AMT_IPHeadersFilter)({
    realm,
    most: limits.filters,
    create: (call, value) => filterOf(call, "AMT_IPHeadersFilter", value),
    remove: removeFilter,
  }),
  entries(AMT_SystemDefensePolicy)({
    realm,
    most: limits.policies,
    create({ firmware }, value) {
      const { PolicyName = "", PolicyPrecedence, FilterCreationHandles = [], AntiSpoofingSupport = 0 } = value;
      if (PolicyName === "" || PolicyName.length > 16) return refused(invalidName);
      if (PolicyPrecedence === undefined || AntiSpoofingSupport > 3) return refused(invalidParameter);
      const chosen = FilterCreationHandles.map((one) => filtersOf(firmware).find(({ handle }) => handle === one));
      if (chosen.includes(undefined)) return refused(invalidHandle);
      const isFull = (["transmit", "receive"] as const).some(
        (one) => chosen.filter((filter) => filter?.direction === one).length > limits.perDirection,
      );
      if (isFull) return refused(limitReached);
      const stored = storedOf(firmware, AMT_SystemDefensePolicy);
      if (stored.some((one) => one.PolicyName === PolicyName)) return { fault: "AlreadyExists" };
      const handle = freeNumber(1, (one) => stored.some(({ InstanceID }) => InstanceID === policyId(one)));
      firmware.audit("defense.policyAdded");
      return { ...value, ElementName: "Intel(r) AMT: System Defense Policy", InstanceID: policyId(handle) };
    },
    remove({ firmware }, { InstanceID }) {
      const isIts = (one: { readonly Dependent?: EndpointReference | undefined }): boolean =>
        one.Dependent?.selectors["InstanceID"] === InstanceID;
      const inForce = [
        ...storedOf(firmware, AMT_NetworkPortDefaultSystemDefensePolicy),
        ...storedOf(firmware, AMT_NetworkPortSystemDefensePolicy),
      ];
      if (inForce.some(isIts)) return refused(notPermitted);
      firmware.audit("defense.policyRemoved");
      return undefined;
    },
    methods: {
      GetTimeout: (call) => {
        const timeout = call.firmware.state.defenseTimeouts[idOf(call)];
        return { Timeout: timeout ?? 0, ReturnValue: 0 };
      },
      SetTimeout(call, { Timeout }) {
        const minutes = typeof Timeout === "number" ? Timeout : 0;
        if (minutes > 65_535) return returns(invalidParameter);
        call.firmware.change((state) => {
          state.defenseTimeouts[idOf(call)] = minutes;
        });
        return returns(0);
      },
      UpdateStatistics: ({ firmware }, { ResetOnRead }) => {
        firmware.change((state) => {
          state.defenseShown = { ...state.defenseCounts };
          if (!ResetOnRead) return;
          state.defenseReadAt = firmware.now();
          state.defenseCounts = {};
        });
        return returns(0);
      },
    },
  }),
  implement(AMT_SystemDefensePolicyInService)({
    realm,
    list: (firmware) =>
      storedOf(firmware, AMT_SystemDefensePolicy).map((one) => ({
        Antecedent: referenceTo(AMT_SystemDefenseService, service),
        Dependent: referenceTo(AMT_SystemDefensePolicy, one),
      })),
  }),
  implement(AMT_FilterInSystemDefensePolicy)({
    realm,
    list: (firmware) =>
      storedOf(firmware, AMT_SystemDefensePolicy).flatMap((policy) =>
        filtersOf(firmware)
          .filter(({ handle }) => policy.FilterCreationHandles?.includes(handle) === true)
          .map(({ reference }) => ({
            Antecedent: reference,
            Dependent: referenceTo(AMT_SystemDefensePolicy, policy),
          })),
      ),
  }),
  ...[AMT_NetworkPortDefaultSystemDefensePolicy, AMT_NetworkPortSystemDefensePolicy].map((definition) =>
    entries(definition)({
      realm,
      most: 2,
      create({ firmware }, { Antecedent, Dependent }) {
        const policy = storedAt(firmware, AMT_SystemDefensePolicy, Dependent);
        if (policy === undefined || Antecedent === undefined) return { fault: "InvalidRepresentation" };
        firmware.audit("defense.default");
        return { Active: true, Antecedent, Dependent: referenceTo(AMT_SystemDefensePolicy, policy) };
      },
      remove({ firmware }) {
        firmware.audit("defense.default");
        return undefined;
      },
    }),
  ),
  implement(AMT_ActiveFilterStatistics)({
    realm,
    list: (firmware) => {
      const inForce = storedOf(firmware, AMT_NetworkPortDefaultSystemDefensePolicy);
      return inForce.flatMap(({ Antecedent, Dependent }) => {
        const policy = storedAt(firmware, AMT_SystemDefensePolicy, Dependent);
        const port = Antecedent;
        if (policy === undefined || port === undefined) return [];
        return filtersOf(firmware)
          .filter(({ handle }) => policy.FilterCreationHandles?.includes(handle) === true)
          .map(({ reference, handle }) => ({
            ActivationTime: { datetime: new Date(firmware.state.defenseReadAt).toISOString().replace(/\.\d+/, "") },
            Antecedent: reference,
            Dependent: port,
            FilterMatched: (firmware.state.defenseShown[handle] ?? 0) > 0,
            ReadCount: firmware.state.defenseShown[handle] ?? 0,
          }));
      });
    },
  }),
];

function policyId(handle: number): string {
  return `Intel(r) AMT:System Defense Policy: Handle: ${handle}`;
}

function idOf({ firmware, selectors }: Call): string {
  const named = selectors["InstanceID"];
  return typeof named === "string" ? named : (storedOf(firmware, AMT_SystemDefensePolicy)[0]?.InstanceID ?? "");
}

interface FilterAt {
  readonly handle: number;
  readonly direction: string | number | undefined;
  readonly reference: EndpointReference;
}

/** All filters with their handles, which both kinds share. @source protocols B.14 "Handle: N" */
function filtersOf(firmware: Firmware): readonly FilterAt[] {
  const ethernet = storedOf(firmware, AMT_Hdr8021Filter).map((one) => ({
    handle: handleIn(one.InstanceID),
    direction: one.FilterDirection,
    reference: referenceTo(AMT_Hdr8021Filter, one),
  }));
  const ip = storedOf(firmware, AMT_IPHeadersFilter).map((one) => ({
    handle: handleIn(one.InstanceID),
    direction: one.FilterDirection,
    reference: referenceTo(AMT_IPHeadersFilter, one),
  }));
  return [...ethernet, ...ip];
}

interface FilterValue {
  readonly Name?: string | undefined;
  readonly FilterProfile?: string | number | undefined;
  readonly FilterDirection?: string | number | undefined;
  readonly FilterProfileData?: number | undefined;
}

function filterOf<V extends FilterValue>(
  { firmware }: Call,
  className: string,
  value: V,
): Refusal | (V & { readonly InstanceID: string }) {
  const { Name = "", FilterProfile, FilterDirection } = value;
  if (Name === "" || Name.length > 16) return refused(invalidName);
  if (typeof FilterProfile !== "string" || typeof FilterDirection !== "string") return refused(invalidParameter);
  if (FilterProfile === "rateLimit" && (value.FilterProfileData ?? 0) < 1) return refused(invalidParameter);
  const taken = filtersOf(firmware).map((one) => one.handle);
  // Both kinds share one table.
  if (taken.length >= limits.filters) return refused(limitReached);
  const handle = freeNumber(1, (one) => taken.includes(one));
  firmware.audit("defense.filterAdded");
  return {
    ...value,
    CreationClassName: className,
    InstanceID: `Intel(r) AMT: ${className}: Handle: ${handle}`,
    ...amtKeys,
  };
}

function removeFilter(
  { firmware }: Call,
  { InstanceID }: { readonly InstanceID?: string | undefined },
): Refusal | undefined {
  const handle = handleIn(InstanceID);
  const policies = storedOf(firmware, AMT_SystemDefensePolicy);
  if (policies.some((one) => one.FilterCreationHandles?.includes(handle) === true)) return refused(notPermitted);
  firmware.audit("defense.filterRemoved");
  return undefined;
}
