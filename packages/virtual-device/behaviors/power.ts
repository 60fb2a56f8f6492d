import { CIM_AssociatedPowerManagementService } from "@vigil/model/cim/CIM_AssociatedPowerManagementService.ts";
import { CIM_ComputerSystem } from "@vigil/model/cim/CIM_ComputerSystem.ts";
import { CIM_PowerManagementService, requestedPowerStates } from "@vigil/model/cim/CIM_PowerManagementService.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";

const service = {
  CreationClassName: "CIM_PowerManagementService",
  ElementName: "Intel(r) AMT Power Management Service",
  EnabledState: 5,
  Name: "Intel(r) AMT Power Management Service",
  RequestedState: 12,
  SystemCreationClassName: "CIM_ComputerSystem",
  SystemName: "Intel(r) AMT",
} as const;
const host = { CreationClassName: "CIM_ComputerSystem", Name: "ManagedSystem" } as const;

/** Power: state, and what can be asked for. @source protocols B.3 */
export const power: readonly Behavior[] = [
  implement(CIM_PowerManagementService, {
    realm: realms.remoteControl,
    list: () => [service],
    methods: {
      RequestPowerStateChange({ firmware }, { PowerState, ManagedElement }) {
        const name = ManagedElement?.selectors["Name"];
        if (PowerState === undefined || (name !== undefined && name !== host.Name)) return returns(5);
        const asked = typeof PowerState === "number" ? PowerState : requestedPowerStates[PowerState];
        return returns(firmware.power.request(asked));
      },
    },
  }),
  implement(CIM_AssociatedPowerManagementService, {
    realm: realms.remoteControl,
    list: (firmware) => [
      {
        AvailableRequestedPowerStates: firmware.power.available(),
        PowerState: firmware.state.powerState,
        ServiceProvided: referenceTo(CIM_PowerManagementService, service),
        UserOfService: referenceTo(CIM_ComputerSystem, host),
      },
    ],
  }),
];
