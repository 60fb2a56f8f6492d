import { defineClass, method, string, uint16, uint32, uint8 } from "../define.ts";
import { CIM_RemoteServiceAccessPoint } from "../cim/CIM_RemoteServiceAccessPoint.ts";

/** A proxy on the way to a management presence server.  @source class catalogue */
export const IPS_HTTPProxyAccessPoint = defineClass("IPS_HTTPProxyAccessPoint", {
  extends: CIM_RemoteServiceAccessPoint,
  since: "15.0",
  properties: {
    NetworkDnsSuffix: string(),
    Port: uint16(),
    Priority: uint32(),
    Type: uint8(),
  },
  methods: {
    UpdatePriority: method(),
  },
});
