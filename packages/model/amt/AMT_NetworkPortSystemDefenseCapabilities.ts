import { boolean, defineClass, uint16 } from "../define.ts";
import { CIM_Capabilities } from "../cim/CIM_Capabilities.ts";

/** How many filters and counters one port has.  @source class catalogue */
export const AMT_NetworkPortSystemDefenseCapabilities = defineClass("AMT_NetworkPortSystemDefenseCapabilities", {
  extends: CIM_Capabilities,
  properties: {
    IPv4_AntiSpoofingCapable: boolean(),
    IPv4_MaxRxCounters: uint16(),
    IPv4_MaxRxFilters: uint16(),
    IPv4_MaxTxCounters: uint16(),
    IPv4_MaxTxFilters: uint16(),
    IPv6_AntiSpoofingCapable: boolean(),
    IPv6_MaxRxCounters: uint16(),
    IPv6_MaxRxFilters: uint16(),
    IPv6_MaxTxCounters: uint16(),
    IPv6_MaxTxFilters: uint16(),
    IPv6_to_IPv4_Ratio: uint16(),
  },
});
