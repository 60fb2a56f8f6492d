import { defineClass, string, uint16 } from "../define.ts";
import { CIM_ManagedElement } from "./CIM_ManagedElement.ts";

/** What destinations of events have in common.  @source class catalogue */
export const CIM_ListenerDestination = defineClass("CIM_ListenerDestination", {
  extends: CIM_ManagedElement,
  properties: {
    CreationClassName: string({ key: true }),
    Destination: string(),
    Name: string({ key: true }),
    OtherPersistenceType: string(),
    OtherProtocol: string(),
    PersistenceType: uint16(),
    Protocol: uint16(),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
});
