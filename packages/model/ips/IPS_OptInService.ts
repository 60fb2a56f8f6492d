import { defineClass, enumOf, method, uint16, uint32, uint8 } from "../define.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** For what user consent is needed. @source protocols B.8 */
export const consentPolicies = { none: 0, kvm: 1, all: 4_294_967_295 } as const;

/** @source protocols B.8 */
export const consentStates = { notStarted: 0, requested: 1, displayed: 2, received: 3, inSession: 4 } as const;

/** User consent: whether it is needed, and the code.  @source class catalogue */
export const IPS_OptInService = defineClass("IPS_OptInService", {
  extends: CIM_Service,
  properties: {
    CanModifyOptInPolicy: uint8({ readonly: true }),
    OptInCodeTimeout: uint32(),
    OptInDisplayTimeout: uint16(),
    OptInRequired: enumOf(consentPolicies),
    OptInState: enumOf(consentStates, { readonly: true }),
  },
  methods: {
    SendOptInCode: method({ input: { OptInCode: uint32({ optional: true }) } }),
    StartOptIn: method(),
    CancelOptIn: method(),
  },
});
