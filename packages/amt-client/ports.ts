import { CIM_EthernetPort } from "@vigil/model/cim/CIM_EthernetPort.ts";
import { referenceTo } from "@vigil/model/instances.ts";

/** How firmware is told what kind of address a host is. @source class catalogue "InfoFormat" */
export function formatOf(host: string): "ipv4" | "ipv6" | "fqdn" {
  if (host.includes(":")) return "ipv6";
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) ? "ipv4" : "fqdn";
}

/** The wired port, on which policies are put in force. @source protocols B.6 */
export const wiredPort = referenceTo(CIM_EthernetPort, {
  CreationClassName: "CIM_EthernetPort",
  DeviceID: "Intel(r) AMT Ethernet Port 0",
  SystemCreationClassName: "CIM_ComputerSystem",
  SystemName: "Intel(r) AMT",
});
