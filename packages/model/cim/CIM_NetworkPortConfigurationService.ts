import { defineClass, method, reference, string } from "../define.ts";
import { CIM_Service } from "./CIM_Service.ts";

/** What services that configure ports have in common.  @source class catalogue */
export const CIM_NetworkPortConfigurationService = defineClass("CIM_NetworkPortConfigurationService", {
  extends: CIM_Service,
  properties: {},
  methods: {
    AddLANEndpoint: method({
      input: {
        Port: reference("CIM_ManagedElement"),
        Address: string(),
        LANID: string({ optional: true }),
        AliasAddresses: string({ list: true }),
        GroupAddresses: string({ list: true }),
      },
      output: { Endpoint: reference("CIM_ManagedElement") },
    }),
  },
});
