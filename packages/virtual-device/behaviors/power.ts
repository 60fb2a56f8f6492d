import { AMT_SystemPowerScheme } from "@vigil/model/amt/AMT_SystemPowerScheme.ts";
import { CIM_AssociatedPowerManagementService } from "@vigil/model/cim/CIM_AssociatedPowerManagementService.ts";
import { CIM_PowerManagementCapabilities } from "@vigil/model/cim/CIM_PowerManagementCapabilities.ts";
import { CIM_PowerManagementService, requestedPowerStates } from "@vigil/model/cim/CIM_PowerManagementService.ts";
import { numberOf } from "@vigil/model/codecs.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { IPS_PowerManagementCapabilities } from "@vigil/model/ips/IPS_PowerManagementCapabilities.ts";
import { IPS_PowerManagementService } from "@vigil/model/ips/IPS_PowerManagementService.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";
import type { AuditEventName } from "../firmware/audit-record.ts";
import type { Firmware } from "../firmware.ts";
import type { FirmwareState } from "../firmware/state.ts";
import { amtKeys, hostSystem } from "../names.ts";

/** PT_STATUS of a method that CIM defines. @source protocols A.12, A.13 */
const consentRequired = 0x8000 + 2081;
const auditFailed = 0x8000 + 2075;

const service = {
  CreationClassName: "CIM_PowerManagementService",
  ElementName: "Intel(r) AMT Power Management Service",
  EnabledState: "notApplicable",
  Name: "Intel(r) AMT Power Management Service",
  RequestedState: "notApplicable",
  ...amtKeys,
} as const;

/** What the audit log calls each request. @source protocols B.10 */
const audited: Readonly<Record<string, AuditEventName>> = {
  on: "power.up",
  sleepLight: "power.sleep",
  sleepDeep: "power.sleep",
  hibernate: "power.hibernate",
  offHard: "power.down",
  offSoft: "power.down",
  cycleSoft: "power.cycle",
  cycleHard: "power.cycle",
  reset: "power.reset",
  nmi: "power.interrupt",
  offSoftGraceful: "power.gracefulDown",
  offHardGraceful: "power.gracefulDown",
  resetGraceful: "power.gracefulReset",
  cycleSoftGraceful: "power.gracefulReset",
  cycleHardGraceful: "power.gracefulReset",
};

/** Power schemes: a name, and the GUID that firmware gives it. @source recorded answers; those of desktops UNVERIFIED */
const schemes = [
  ["Mobile: ON in S0", "djmXEQtWUEOIcJgS85G1YA=="],
  ["Mobile: ON in S0, ME Wake in S3, S4-5 (AC only)", "MIAN7gnAeEOvKHhootu+Og=="],
] as const;
const desktopSchemes = [
  ["Desktop: ON in S0", "Qv4gV2K/cUqFf6pPVgU8Yw=="],
  ["Desktop: ON in S0, ME Wake in S3, S4-5", "rjZ2sQ8gTUy/6Bqgm0M1Lw=="],
] as const;

/** Power: state, what can be asked for, and in which sleep states the firmware stays on. @source protocols B.3 */
export const power: readonly Behavior[] = [
  implement(CIM_PowerManagementService)({
    realm: realms.remoteControl,
    list: () => [service],
    methods: {
      RequestPowerStateChange({ firmware }, { PowerState, ManagedElement }) {
        const name = ManagedElement?.selectors["Name"];
        if (PowerState === undefined || (name !== undefined && name !== hostSystem.selectors["Name"]))
          return returns(5);
        if (firmware.lacksConsent && arrangesBoot(firmware.state)) return returns(consentRequired);
        const event = typeof PowerState === "string" ? audited[PowerState] : undefined;
        // A power command cannot be taken back.
        if (event !== undefined && firmware.auditLog.denies(event)) return returns(auditFailed);
        const result = firmware.power.request(numberOf(requestedPowerStates, PowerState));
        if (result === 0 && event !== undefined) firmware.audit(event);
        return returns(result);
      },
    },
  }),
  implement(CIM_AssociatedPowerManagementService)({
    realm: realms.remoteControl,
    list: (firmware) => [
      {
        AvailableRequestedPowerStates: firmware.power.available(),
        PowerState: firmware.state.powerState,
        ServiceProvided: referenceTo(CIM_PowerManagementService, service),
        UserOfService: hostSystem,
      },
    ],
  }),
  implement(CIM_PowerManagementCapabilities)({
    realm: realms.remoteControl,
    list: () => [
      {
        ElementName: "Power Management Capabilities",
        InstanceID: "Intel(r) AMT:PowerManagementCapabilities 0",
        OtherPowerChangeCapabilities: "",
        PowerChangeCapabilities: [2, 3, 4, 7, 8],
        PowerStatesSupported: [5, 8, 2, 10, 11, 12, 14],
        RequestedPowerStatesSupported: [5, 8, 2, 10, 11, 12, 14],
      },
    ],
  }),
  implement(IPS_PowerManagementService)({
    realm: realms.remoteControl,
    list: ({ state }) => [
      {
        ...service,
        CreationClassName: "IPS_PowerManagementService",
        OSPowerSavingState: state.powerState === 2 ? state.osPowerSaving : 0,
      },
    ],
    methods: {
      RequestOSPowerSavingStateChange({ firmware }, { OSPowerSavingState }) {
        const wanted = OSPowerSavingState === "fullPower" ? 2 : OSPowerSavingState === "osPowerSaving" ? 3 : undefined;
        if (wanted === undefined) return returns(5);
        // It is the running operating system that saves power.
        if (firmware.state.powerState !== 2) return returns(2);
        firmware.change((state) => {
          state.osPowerSaving = wanted;
        });
        return returns(0);
      },
    },
  }),
  implement(IPS_PowerManagementCapabilities)({
    realm: realms.remoteControl,
    list: () => [
      {
        ElementName: "Power Management Capabilities",
        InstanceID: "Intel(r) AMT:PowerManagementCapabilities 0",
        OSPowerSavingStateChangeSupported: 1,
        OSPowerSavingStateSupported: 1,
      },
    ],
  }),
  implement(AMT_SystemPowerScheme)({
    realm: realms.administration,
    list: (firmware) =>
      schemesOf(firmware).map(([Description, SchemeGUID], index) => ({
        Description,
        ElementName: "Intel(r) AMT Power Scheme",
        InstanceID: `SCHEME ${index}`,
        SchemeGUID,
      })),
    methods: {
      SetPowerScheme({ firmware, selectors }) {
        const index = schemesOf(firmware).findIndex(
          ([, guid], at) => selectors["InstanceID"] === `SCHEME ${at}` || selectors["SchemeGUID"] === guid,
        );
        if (index < 0) return returns(36);
        firmware.change((state) => {
          state.powerScheme = index;
        });
        firmware.audit("security.powerScheme");
        return returns(0);
      },
    },
  }),
];

/** A power command would carry out what is arranged. */
function arrangesBoot({ boot }: Readonly<FirmwareState>): boolean {
  return boot.source !== null || Object.keys(boot.settings).length > 0;
}

function schemesOf({ identity }: Firmware): readonly (readonly [name: string, guid: string])[] {
  return identity.isMobile ? schemes : desktopSchemes;
}
