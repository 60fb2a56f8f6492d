import type { DeviceNetwork } from "@vigil/api/resources/device-network.ts";
import { TitledFacts } from "../../parts/titled-facts.tsx";
import { TitledTable } from "../../parts/titled-table.tsx";
import { guardWords, hostProfilesOf, wifiPortWords, wifiSecurityOf } from "./network-words.ts";

type Wifi = NonNullable<DeviceNetwork["wifi"]>;

/** The networks that the firmware joins by itself. */
export function Wireless({ wifi }: { readonly wifi: Wifi }) {
  const { port, hostProfiles, sharesWithBios } = wifi;
  return (
    <>
      <TitledFacts
        title="Wi-Fi"
        facts={[
          ["In use", wifiPortWords(port)],
          ["From the system", hostProfilesOf(hostProfiles)],
          ["With the BIOS", sharesWithBios === null ? "This release does not say" : yesNo(sharesWithBios)],
        ]}
      />
      <TitledTable
        title="Wi-Fi networks"
        rows={wifi.profiles.toSorted((one, other) => one.priority - other.priority)}
        none="The firmware joins none by itself."
        columns={[
          { title: "Order", width: "70px", isNumber: true, cell: ({ priority }) => priority },
          { title: "Network", cell: ({ ssid }) => ssid },
          { title: "Profile", cell: ({ name }) => name },
          { title: "Security", width: "180px", cell: (profile) => wifiSecurityOf(profile) },
          { title: "802.1X", cell: ({ guard }) => (guard === null ? null : guardWords(guard)) },
        ]}
      />
    </>
  );
}

function yesNo(is: boolean): string {
  return is ? "yes" : "no";
}
