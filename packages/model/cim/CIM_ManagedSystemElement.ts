import { datetime, defineClass, enumOf, string, uint16 } from "../define.ts";
import { healthStates, operationalStatuses } from "../value-maps.ts";
import { CIM_ManagedElement } from "./CIM_ManagedElement.ts";

/** What parts of a system have in common.  @source class catalogue */
export const CIM_ManagedSystemElement = defineClass("CIM_ManagedSystemElement", {
  extends: CIM_ManagedElement,
  properties: {
    CommunicationStatus: uint16(),
    DetailedStatus: uint16(),
    HealthState: enumOf(healthStates),
    InstallDate: datetime(),
    Name: string(),
    OperatingStatus: uint16(),
    OperationalStatus: enumOf(operationalStatuses, { list: true }),
    PrimaryStatus: uint16(),
    Status: string(),
    StatusDescriptions: string({ list: true }),
  },
});
