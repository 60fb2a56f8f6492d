import { useQuery } from "@tanstack/react-query";
import type { DeviceNetwork as Network, NetworkPort } from "@vigil/api/resources/device-network.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import { Facts } from "../../parts/facts.tsx";
import { StoredReading } from "../../parts/reading.tsx";
import { TitledFacts } from "../../parts/titled-facts.tsx";
import { TitledTable } from "../../parts/titled-table.tsx";
import { keys, networkQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { SystemDefense } from "./defense.tsx";
import { addressingOf, guardWords, linkPolicyOf, partNames } from "./network-words.ts";
import { RemoteAccess } from "./remote-access.tsx";
import { Wireless } from "./wireless.tsx";

interface DeviceProps {
  readonly device: Device;
}

interface NetworkProps {
  readonly network: Network;
}

/** How the device is on the network: at once as it was last read, then as the device says it now. */
export function DeviceNetwork({ device }: DeviceProps) {
  const server = useServer();
  const params = { id: device.uuid };
  const stored = useQuery(networkQuery(server, device.uuid));
  return (
    <StoredReading
      stored={stored}
      body={stored.data?.network ?? null}
      device={device}
      storedKey={keys.network(device.uuid)}
      read={(signal) => server.readings.readNetwork({ params, signal })}
      never="The network has not been read yet"
    >
      {(network) => (
        <div className="device-parts">
          <Names device={device} network={network} />
          {network.ports.map((port) => (
            <Port key={port.kind} port={port} network={network} />
          ))}
          {network.wifi === null ? null : <Wireless wifi={network.wifi} />}
          {network.remoteAccess === null ? null : <RemoteAccess remoteAccess={network.remoteAccess} />}
          {network.defense === null ? null : <SystemDefense defense={network.defense} />}
          <TitledTable
            title="HTTP proxies"
            rows={network.proxies}
            columns={[
              { title: "Proxy", cell: ({ host, port }) => <span className="mono">{`${host}:${port}`}</span> },
              { title: "In the network", cell: ({ networkDomain }) => networkDomain },
            ]}
          />
          <Missing network={network} />
        </div>
      )}
    </StoredReading>
  );
}

/** What the firmware calls itself, beside what the registry knows it by. */
function Names({ device, network: { hostName, domainName, ports } }: DeviceProps & NetworkProps) {
  const name = [hostName, domainName].filter((one) => one !== "").join(".");
  const addresses = ports.map(({ address }) => address).filter((one) => one !== "");
  const isElsewhere = addresses.length > 0 && !addresses.includes(device.address);
  const isOther = device.hostName !== null && hostName !== "" && !isSameHost(device.hostName, hostName, name);
  return (
    <section className="panel padded" aria-label="Names and addresses">
      <Facts
        facts={[
          ["Firmware's name", name],
          ["Registry's name", known(device.hostName, isOther, "The firmware says another name")],
          ["Firmware's address", mono(addresses.join(", "))],
          ["Reached at", known(device.address, isElsewhere, "The firmware says another address")],
        ]}
      />
    </section>
  );
}

function isSameHost(one: string, short: string, full: string): boolean {
  return [short.toLowerCase(), full.toLowerCase()].includes(one.toLowerCase());
}

function known(value: string | null, isOther: boolean, words: string) {
  if (value === null) return null;
  return (
    <>
      <span className="mono">{value}</span> {isOther ? <span className="warn">▲ {words}</span> : null}
    </>
  );
}

function Port({ port, network }: NetworkProps & { readonly port: NetworkPort }) {
  const title = port.kind === "wired" ? "Wired port" : "Wireless port";
  const { wired8021x, lacks } = network;
  return (
    <TitledFacts
      title={title}
      facts={[
        [
          "MAC address",
          <span key="mac" className="mono">
            {port.mac}
          </span>,
        ],
        ["Link", port.isLinkUp ? "up" : <span className="warn">▲ down</span>],
        ["Address by", addressingOf(port)],
        ["Address", mono(port.address)],
        ["Netmask", mono(port.netmask)],
        ["Gateway", mono(port.gateway)],
        ["DNS servers", mono(port.dnsServers.join(", "))],
        ["VLAN", port.vlan === 0 ? "none" : port.vlan],
        ["In use", linkPolicyOf(port)],
        ...(port.kind === "wired" && !lacks.includes("wired8021x")
          ? [["802.1X", wired8021x === null ? "off" : guardWords(wired8021x)] as const]
          : []),
      ]}
    />
  );
}

function mono(text: string) {
  return text === "" ? null : <span className="mono">{text}</span>;
}

/** What is not shown above because there is none of it. */
function Missing({ network: { lacks, wifi } }: NetworkProps) {
  const absent = lacks.map((one) => partNames[one]);
  if (absent.length === 0 && wifi !== null) return null;
  return (
    <section className="panel padded dim" aria-label="Not there">
      {wifi === null && !lacks.includes("wifi") ? <p>The machine has no wireless port for its firmware.</p> : null}
      {absent.length === 0 ? null : <p>This release has no {absent.join(", no ")}.</p>}
    </section>
  );
}
