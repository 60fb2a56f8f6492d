import { CIM_EthernetPort } from "@vigil/model/cim/CIM_EthernetPort.ts";
import { referenceTo } from "@vigil/model/instances.ts";

/** The wired port, on which policies are put in force. @source protocols B.6 */
export const wiredPort = referenceTo(CIM_EthernetPort, {
  CreationClassName: "CIM_EthernetPort",
  DeviceID: "Intel(r) AMT Ethernet Port 0",
  SystemCreationClassName: "CIM_ComputerSystem",
  SystemName: "Intel(r) AMT",
});
