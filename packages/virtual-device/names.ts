import { CIM_ComputerSystem } from "@vigil/model/cim/CIM_ComputerSystem.ts";
import { CIM_EthernetPort } from "@vigil/model/cim/CIM_EthernetPort.ts";
import { referenceTo } from "@vigil/model/instances.ts";

/** The two systems that everything belongs to. @source protocols B, "Key conventions" */
export const amtKeys = { SystemCreationClassName: "CIM_ComputerSystem", SystemName: "Intel(r) AMT" } as const;
export const hostKeys = { SystemCreationClassName: "CIM_ComputerSystem", SystemName: "ManagedSystem" } as const;

export const amtSystem = referenceTo(CIM_ComputerSystem, {
  CreationClassName: "CIM_ComputerSystem",
  Name: "Intel(r) AMT",
});
export const hostSystem = referenceTo(CIM_ComputerSystem, {
  CreationClassName: "CIM_ComputerSystem",
  Name: "ManagedSystem",
});

/** The wired port. @source protocols B.6 */
export const wiredPort = referenceTo(CIM_EthernetPort, {
  CreationClassName: "CIM_EthernetPort",
  DeviceID: "Intel(r) AMT Ethernet Port 0",
  ...amtKeys,
});
