import { defineClass, hexBinary, string, uint32 } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** IPv6 of one port.  @source class catalogue */
export const IPS_IPv6PortSettings = defineClass("IPS_IPv6PortSettings", {
  extends: CIM_SettingData,
  properties: {
    CurrentAddressInfo: string({ list: true }),
    CurrentDefaultRouter: string(),
    CurrentPrimaryDNS: string(),
    CurrentSecondaryDNS: string(),
    DefaultRouter: string(),
    IPv6Address: string(),
    InterfaceIDType: uint32(),
    ManualInterfaceID: hexBinary(),
    PrimaryDNS: string(),
    SecondaryDNS: string(),
  },
});
