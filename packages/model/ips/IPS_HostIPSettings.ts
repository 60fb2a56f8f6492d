import { boolean, defineClass, string } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** The host's own static address.  @source class catalogue */
export const IPS_HostIPSettings = defineClass("IPS_HostIPSettings", {
  extends: CIM_SettingData,
  properties: {
    DHCPEnabled: boolean(),
    DefaultGateway: string(),
    IpAddress: string(),
    PrimaryDNS: string(),
    SecondaryDNS: string(),
    SubnetMask: string(),
  },
});
