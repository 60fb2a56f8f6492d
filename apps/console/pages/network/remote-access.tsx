import type { DeviceNetwork } from "@vigil/api/resources/device-network.ts";
import { TitledFacts } from "../../parts/titled-facts.tsx";
import { TitledTable } from "../../parts/titled-table.tsx";
import { triggerOf, userCallsOf } from "./network-words.ts";

type Access = NonNullable<DeviceNetwork["remoteAccess"]>;

/** Where the device takes itself to be at home, and whom it calls from elsewhere. */
export function RemoteAccess({ remoteAccess }: { readonly remoteAccess: Access }) {
  const { homeDomains, isConnected, userCalls, servers, policies } = remoteAccess;
  const hostOf = (name: string): string => servers.find((one) => one.name === name)?.host ?? name;
  return (
    <>
      <TitledFacts
        title="Remote access"
        facts={[
          [
            "Home domains",
            homeDomains.length === 0 ? "none: it takes itself to be at home everywhere" : homeDomains.join(", "),
          ],
          ["In a call now", isConnected === null ? "This release does not say" : isConnected ? "yes" : "no"],
          ["User may call", userCallsOf(userCalls)],
        ]}
      />
      <TitledTable
        title="Servers that it calls"
        rows={servers}
        none="None: from outside it is reached by nobody."
        columns={[
          { title: "Server", cell: ({ host, port }) => <span className="mono">{`${host}:${port}`}</span> },
          { title: "Certificate's name", cell: ({ certificateName }) => certificateName },
          { title: "Logs in", cell: ({ username }) => (username === null ? "with a certificate" : `as ${username}`) },
        ]}
      />
      <TitledTable
        title="When it calls"
        rows={policies}
        columns={[
          { title: "Trigger", cell: (policy) => triggerOf(policy) },
          {
            title: "Stays without traffic",
            cell: ({ lifetimeSeconds }) => (lifetimeSeconds === 0 ? "until it hangs up" : `${lifetimeSeconds} s`),
          },
          { title: "Calls", cell: ({ servers: called }) => called.map(hostOf).join(", then ") },
        ]}
      />
    </>
  );
}
