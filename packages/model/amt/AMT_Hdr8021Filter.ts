import { base64, boolean, defineClass, enumOf, uint16, uint32, uint8 } from "../define.ts";
import { filterDirections, filterProfiles } from "../value-maps.ts";
import { AMT_ComplexFilterEntryBase } from "./AMT_ComplexFilterEntryBase.ts";

/** A System Defense filter by Ethernet header.  @source class catalogue */
export const AMT_Hdr8021Filter = defineClass("AMT_Hdr8021Filter", {
  extends: AMT_ComplexFilterEntryBase,
  properties: {
    ActionEventOnMatch: boolean(),
    FilterDirection: enumOf(filterDirections),
    FilterEnabled: boolean(),
    FilterProfile: enumOf(filterProfiles),
    FilterProfileData: uint32(),
    HdrDestMACAddr8021: base64(),
    HdrDestMACMask8021: base64(),
    HdrPriorityValue8021: uint8(),
    HdrProtocolID8021: uint16(),
    HdrSrcMACAddr8021: base64(),
    HdrSrcMACMask8021: base64(),
    HdrVLANID8021: uint32(),
    VLANID: uint16(),
    VLANPriority: uint8(),
  },
});
