import { boolean, defineClass, enumOf, method, reference, string, uint16 } from "../define.ts";
import { infoFormats } from "../value-maps.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** The proxies that the device may use.  @source class catalogue */
export const IPS_HTTPProxyService = defineClass("IPS_HTTPProxyService", {
  extends: CIM_Service,
  since: "15.0",
  properties: {
    SyncEnabled: boolean(),
  },
  methods: {
    AddProxyAccessPoint: method({
      input: { AccessInfo: string(), InfoFormat: enumOf(infoFormats), Port: uint16(), NetworkDnsSuffix: string() },
      output: { ProxyAccessPoint: reference("IPS_HTTPProxyAccessPoint") },
    }),
  },
});
