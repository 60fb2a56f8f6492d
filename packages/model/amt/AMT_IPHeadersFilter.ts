import { boolean, defineClass, enumOf, hexBinary, uint16, uint32, uint8 } from "../define.ts";
import { filterDirections, filterProfiles } from "../value-maps.ts";
import { AMT_ComplexFilterEntryBase } from "./AMT_ComplexFilterEntryBase.ts";

/** A System Defense filter by IP, TCP or UDP header.  @source class catalogue */
export const AMT_IPHeadersFilter = defineClass("AMT_IPHeadersFilter", {
  extends: AMT_ComplexFilterEntryBase,
  properties: {
    ActionEventOnMatch: boolean(),
    FilterDirection: enumOf(filterDirections),
    FilterProfile: enumOf(filterProfiles),
    FilterProfileData: uint32(),
    HdrDSCP: uint8({ list: true }),
    HdrDestAddress: hexBinary(),
    HdrDestAddressEndOfRange: hexBinary(),
    HdrDestMask: hexBinary(),
    HdrDestPortEnd: uint16(),
    HdrDestPortStart: uint16(),
    HdrFlowLabel: hexBinary(),
    HdrIPVersion: uint8(),
    HdrProtocolID: uint8(),
    HdrSrcAddress: hexBinary(),
    HdrSrcAddressEndOfRange: hexBinary(),
    HdrSrcMask: hexBinary(),
    HdrSrcPortEnd: uint16(),
    HdrSrcPortStart: uint16(),
    TCPFlagsOff: uint16({ list: true }),
    TCPFlagsOn: uint16({ list: true }),
  },
});
