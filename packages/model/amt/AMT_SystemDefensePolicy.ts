import { boolean, defineClass, enumOf, method, reference, string, uint32 } from "../define.ts";
import { CIM_ManagedElement } from "../cim/CIM_ManagedElement.ts";

/** A named set of filters, and what happens to all other packets.  @source class catalogue */
export const AMT_SystemDefensePolicy = defineClass("AMT_SystemDefensePolicy", {
  extends: CIM_ManagedElement,
  properties: {
    AntiSpoofingSupport: uint32(),
    FilterCreationHandles: uint32({ list: true }),
    InstanceID: string({ key: true }),
    PolicyName: string(),
    PolicyPrecedence: uint32(),
    RxDefaultCount: boolean(),
    RxDefaultDrop: boolean(),
    RxDefaultMatchEvent: boolean(),
    TxDefaultCount: boolean(),
    TxDefaultDrop: boolean(),
    TxDefaultMatchEvent: boolean(),
  },
  methods: {
    GetTimeout: method({ output: { Timeout: uint32() } }),
    SetTimeout: method({ input: { Timeout: enumOf({ infinite: 0 }) } }),
    UpdateStatistics: method({ input: { NetworkInterface: reference("CIM_EthernetPort"), ResetOnRead: boolean() } }),
  },
});
