import assert from "node:assert/strict";
import { join } from "node:path";
import { aLoneDevice } from "../lone-device.ts";
import { run } from "../programs.ts";
import { defineScenario } from "../scenarios.ts";
import { strangerFromNpm } from "../strangers.ts";

/** Read with Get. */
const read = [
  "AMT_GeneralSettings",
  "AMT_SetupAndConfigurationService",
  "AMT_BootCapabilities",
  "AMT_BootSettingData",
  "AMT_RedirectionService",
  "AMT_TimeSynchronizationService",
  "AMT_AuditLog",
  "AMT_MessageLog",
  "AMT_EnvironmentDetectionSettingData",
  "AMT_UserInitiatedConnectionService",
  "AMT_WebUIService",
  "CIM_BootService",
  "CIM_KVMRedirectionSAP",
  "CIM_PowerManagementService",
  "IPS_HostBasedSetupService",
  "IPS_KVMRedirectionSettingData",
  "IPS_OptInService",
  "IPS_ProvisioningRecordLog",
  "IPS_ScreenSettingData",
  "IPS_SecIOService",
];
/** Enumerated. */
const listed = [
  "AMT_EthernetPortSettings",
  "AMT_ManagementPresenceRemoteSAP",
  "AMT_PublicKeyCertificate",
  "AMT_PublicPrivateKeyPair",
  "AMT_RemoteAccessPolicyAppliesToMPS",
  "AMT_RemoteAccessPolicyRule",
  "AMT_SystemPowerScheme",
  "AMT_TLSCredentialContext",
  "AMT_TLSSettingData",
  "CIM_AssociatedPowerManagementService",
  "CIM_BIOSElement",
  "CIM_BootSourceSetting",
  "CIM_Card",
  "CIM_Chassis",
  "CIM_Chip",
  "CIM_ComputerSystemPackage",
  "CIM_ElementSettingData",
  "CIM_EthernetPort",
  "CIM_MediaAccessDevice",
  "CIM_PhysicalMemory",
  "CIM_Processor",
  "CIM_ServiceAvailableToElement",
  "CIM_SoftwareIdentity",
  "CIM_WiFiEndpointSettings",
  "IPS_AlarmClockOccurrence",
];

interface Result {
  readonly got: Readonly<Record<string, { readonly status: number; readonly body: unknown }>>;
  readonly listed: Readonly<Record<string, { readonly status: number; readonly count: number }>>;
  readonly put: Readonly<Record<string, { readonly status: number; readonly hostName: string }>>;
  readonly invoked: Readonly<Record<string, { readonly status: number; readonly returnValue: number }>>;
  readonly version: string;
}

export default defineScenario({
  name: "stranger-meshcentral-wsman",
  story: "MeshCentral's WS-Man client reads, lists, changes and calls a virtual device, plain and over TLS",
  smallSize: 1,
  async play({ say }) {
    const folder = await strangerFromNpm("meshcentral", "1.1.55", "amt");
    if (folder === undefined) {
      say("skipped: npm has no meshcentral here");
      return { skipped: "meshcentral" };
    }
    const driver = join(import.meta.dirname, "../strangers/meshcentral-wsman.cjs");
    for (const [address, port, tls] of [
      ["127.90.1.1", 16_992, 0],
      ["127.90.1.2", 16_993, 1],
    ] as const) {
      await using lone = await aLoneDevice(address);
      const names = [...read.map((one) => `*${one}`), ...listed];
      const args = [driver, folder, address, String(port), String(tls), ...names];
      const { code, stdout, stderr } = await run(process.execPath, args, { PASSWORD: lone.password });
      assert.equal(code, 0, stderr);
      // Our own driver printed it.
      const result = JSON.parse(stdout) as Result;
      for (const name of read) {
        assert.equal(result.got[name]?.status, 200, `Get ${name}`);
        assert.ok(result.got[name]?.body !== null, `Get ${name}`);
      }
      for (const name of listed) {
        assert.equal(result.listed[name]?.status, 200, `Enum ${name}`);
        assert.ok((result.listed[name]?.count ?? -1) >= 0, `Enum ${name}`);
      }
      assert.deepEqual(result.put["AMT_GeneralSettings"], { status: 200, hostName: "renamed-by-mesh" });
      assert.equal(lone.device.firmware.state.hostName, "renamed-by-mesh");
      for (const [name, { status }] of Object.entries(result.invoked)) assert.equal(status, 200, name);
      assert.deepEqual(lone.device.firmware.state.redirection, { sol: false, ider: true, kvm: false });
      assert.equal(result.version, "16.1.25.2124");
      say(`port ${port}: ${read.length} classes read, ${listed.length} listed, one changed, 7 methods called`);
    }
    return { classes: read.length + listed.length, methods: 7 };
  },
});
