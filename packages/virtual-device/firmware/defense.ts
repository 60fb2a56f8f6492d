import { AMT_AgentPresenceInterfacePolicy } from "@vigil/model/amt/AMT_AgentPresenceInterfacePolicy.ts";
import { AMT_EnvironmentDetectionInterfacePolicy } from "@vigil/model/amt/AMT_EnvironmentDetectionInterfacePolicy.ts";
import { AMT_Hdr8021Filter } from "@vigil/model/amt/AMT_Hdr8021Filter.ts";
import { AMT_IPHeadersFilter } from "@vigil/model/amt/AMT_IPHeadersFilter.ts";
import { AMT_NetworkPortDefaultSystemDefensePolicy } from "@vigil/model/amt/AMT_NetworkPortDefaultSystemDefensePolicy.ts";
import { AMT_NetworkPortSystemDefensePolicy } from "@vigil/model/amt/AMT_NetworkPortSystemDefensePolicy.ts";
import { AMT_SystemDefensePolicy } from "@vigil/model/amt/AMT_SystemDefensePolicy.ts";
import type { ClassDefinition, Instance } from "@vigil/model/define.ts";
import { decodeValues } from "@vigil/model/instances.ts";
import { filterMatched, type EventRecord } from "./event-record.ts";
import type { FirmwareState } from "./state.ts";

interface Board {
  readonly state: Readonly<FirmwareState>;
  change(write: (state: FirmwareState) => void): void;
  log(...records: readonly EventRecord[]): void;
}

/** A packet of the host, as far as filters look at it. */
export interface Packet {
  readonly direction: "transmit" | "receive";
  /** e.g. 0x0800 for IPv4 */
  readonly etherType: number;
  /** e.g. 6 for TCP */
  readonly protocol?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** Addresses, 4 or 16 bytes. */
  readonly source?: Uint8Array;
  readonly destination?: Uint8Array;
}

type Policy = Partial<Instance<typeof AMT_SystemDefensePolicy>>;
type EthernetFilter = Partial<Instance<typeof AMT_Hdr8021Filter>>;
type IpFilter = Partial<Instance<typeof AMT_IPHeadersFilter>>;

const ipv4 = 0x0800;
const ipv6 = 0x86dd;
/** What stands for the packets that no filter has matched. @source protocols B.9 "36"; UNVERIFIED that counters bear them as events do */
const allReceived = 0xff_ff_ff_fd;
const allTransmitted = 0xff_ff_ff_fc;
/** Classes that put a policy in force on a port. */
const enforcers = [
  AMT_NetworkPortDefaultSystemDefensePolicy,
  AMT_NetworkPortSystemDefensePolicy,
  AMT_AgentPresenceInterfacePolicy,
  AMT_EnvironmentDetectionInterfacePolicy,
] as const;

/** What System Defense does with the host's packets. The firmware's own never come by here. @source protocols B.14 */
export class Defense {
  readonly #board: Board;

  constructor(board: Board) {
    this.#board = board;
  }

  /** The policy that rules: of those in force the one with the highest precedence. UNVERIFIED that higher means larger */
  get ruling(): Policy | undefined {
    const active = enforcers.flatMap((one) =>
      this.#all(one)
        .filter((it) => it.Active !== false)
        .map((it) => it.Dependent?.selectors["InstanceID"]),
    );
    return this.#all(AMT_SystemDefensePolicy)
      .filter((one) => active.includes(one.InstanceID))
      .toSorted((a, b) => (b.PolicyPrecedence ?? 0) - (a.PolicyPrecedence ?? 0))[0];
  }

  /** One packet comes by. @returns whether it passes */
  passes(packet: Packet): boolean {
    const policy = this.ruling;
    if (policy === undefined) return true;
    const handles = policy.FilterCreationHandles ?? [];
    const filters = [...this.#all(AMT_Hdr8021Filter), ...this.#all(AMT_IPHeadersFilter)];
    const match = filters.find((one) => handles.includes(handleIn(one.InstanceID)) && matches(one, packet));
    if (match !== undefined) return this.#apply(match);
    const isTransmit = packet.direction === "transmit";
    if ((isTransmit ? policy.TxDefaultCount : policy.RxDefaultCount) === true)
      this.#count(isTransmit ? allTransmitted : allReceived);
    return isTransmit ? policy.TxDefaultDrop !== true : policy.RxDefaultDrop !== true;
  }

  #apply(filter: EthernetFilter | IpFilter): boolean {
    const handle = handleIn(filter.InstanceID);
    const { FilterProfile, ActionEventOnMatch } = filter;
    this.#count(handle);
    if (ActionEventOnMatch === true) this.#board.log(filterMatched(handle));
    return FilterProfile !== "drop" && FilterProfile !== "countAndDrop";
  }

  #count(handle: number): void {
    this.#board.change(({ defenseCounts }) => {
      defenseCounts[handle] = (defenseCounts[handle] ?? 0) + 1;
    });
  }

  #all<C extends ClassDefinition>(definition: C): readonly Partial<Instance<C>>[] {
    const stored = this.#board.state.stored[definition.name] ?? [];
    // Only the behaviors write there, with the same definition.
    return stored.map((one) => decodeValues(definition.properties, one).value as Partial<Instance<C>>);
  }
}

/** "… Handle: 7" @source protocols B.14 */
export function handleIn(id = ""): number {
  return Number(/Handle: (\d+)$/.exec(id)?.[1] ?? Number.NaN);
}

function matches(filter: EthernetFilter | IpFilter, packet: Packet): boolean {
  if (filter.FilterDirection !== packet.direction) return false;
  if ("HdrProtocolID8021" in filter) return filter.HdrProtocolID8021 === packet.etherType;
  const ip: IpFilter = filter;
  const isVersion = packet.etherType === (ip.HdrIPVersion === 6 ? ipv6 : ipv4);
  const isProtocol = ip.HdrProtocolID === undefined || ip.HdrProtocolID === packet.protocol;
  return (
    isVersion &&
    isProtocol &&
    isWithin(packet.sourcePort, ip.HdrSrcPortStart, ip.HdrSrcPortEnd) &&
    isWithin(packet.destinationPort, ip.HdrDestPortStart, ip.HdrDestPortEnd) &&
    isUnder(packet.source, ip.HdrSrcAddress, ip.HdrSrcMask) &&
    isUnder(packet.destination, ip.HdrDestAddress, ip.HdrDestMask)
  );
}

/** Without a mask all of the address counts. UNVERIFIED */
function isUnder(
  address: Uint8Array | undefined,
  wanted: Uint8Array | undefined,
  mask: Uint8Array | undefined,
): boolean {
  if (wanted === undefined) return true;
  if (address === undefined || address.length !== wanted.length) return false;
  return wanted.every((byte, at) => ((byte ^ (address[at] ?? 0)) & (mask?.[at] ?? 0xff)) === 0);
}

function isWithin(port: number | undefined, from: number | undefined, to: number | undefined): boolean {
  if (from === undefined && to === undefined) return true;
  return port !== undefined && port >= (from ?? 0) && port <= (to ?? 65_535);
}
