// Drives MeshCentral's own WS-Man client against one device. Arguments: its folder, host, port, tls (0 or 1), then classes:
// "*Class" is read with Get, all others are enumerated. The password comes by environment. Prints one JSON object.
const { join } = require("node:path");

const [folder, host, port, tls, ...names] = process.argv.slice(2);
const comm = require(join(folder, "amt-wsman-comm.js"))(host, Number(port), "admin", process.env.PASSWORD, Number(tls));
// Any certificate: this one is the device's own.
comm.xtlsFingerprint = 0;
const stack = require(join(folder, "amt-wsman.js"))(comm);
const amt = require(join(folder, "amt.js"))(stack);

const call = (start) =>
  new Promise((resolve) => start((_stack, name, response, status) => resolve({ name, response, status })));

async function main() {
  const result = { got: {}, listed: {}, put: {}, invoked: {} };
  for (const name of names) {
    if (name.startsWith("*")) {
      const { response, status } = await call((done) => amt.Get(name.slice(1), done, 0));
      result.got[name.slice(1)] = { status, body: response?.Body ?? null };
    } else {
      const { response, status } = await call((done) => amt.Enum(name, done));
      result.listed[name] = { status, count: Array.isArray(response) ? response.length : -1 };
    }
  }
  const general = result.got.AMT_GeneralSettings?.body;
  if (general) {
    const wanted = { ...general, HostName: "renamed-by-mesh", PingResponseEnabled: false };
    const { response, status } = await call((done) => amt.Put("AMT_GeneralSettings", wanted, done, 0, 1));
    result.put.AMT_GeneralSettings = { status, hostName: response?.Body?.HostName ?? null };
  }
  const invoke = async (name, method, args, selectors) => {
    const { response, status } = await call((done) => amt.Exec(name, method, args, done, 0, 0, selectors));
    result.invoked[`${name}.${method}`] = { status, returnValue: response?.Body?.ReturnValue ?? null };
  };
  await invoke("AMT_SetupAndConfigurationService", "GetUuid", {});
  await invoke("AMT_AuthorizationService", "EnumerateUserAclEntries", { StartIndex: 1 });
  await invoke("AMT_MessageLog", "PositionToFirstRecord", {});
  await invoke("AMT_AuditLog", "ReadRecords", { StartIndex: 1 });
  await invoke("AMT_TimeSynchronizationService", "GetLowAccuracyTimeSynch", {});
  await invoke("CIM_KVMRedirectionSAP", "RequestStateChange", { RequestedState: 3 });
  await invoke("AMT_RedirectionService", "RequestStateChange", { RequestedState: 32769 });
  result.version = comm.amtVersion ?? null;
  process.stdout.write(JSON.stringify(result));
  process.exit(0);
}

void main();
