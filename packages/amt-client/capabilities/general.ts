import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { AMT_WebUIService } from "@vigil/model/amt/AMT_WebUIService.ts";
import type { Changes, Instance } from "@vigil/model/define.ts";
import { refusal, refusalOf } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** Names and realm of a device. Empty texts are unset. */
export interface GeneralSettings {
  readonly hostName: string;
  readonly domainName: string;
  /** The realm of digest logins; it changes when the device is unprovisioned. */
  readonly digestRealm: string;
  readonly isNetworkEnabled: boolean;
  readonly answersPing: boolean;
  /** The discovery ping on port 623. */
  readonly answersRmcpPing: boolean;
  /** Minutes without traffic until the firmware may sleep. */
  readonly idleMinutes: number;
  /** Whether the firmware registers its own name in DNS; undefined in releases that cannot. */
  readonly isDynamicDnsOn: boolean | undefined;
}

/** What of them can be changed. */
export type GeneralChanges = Partial<Omit<GeneralSettings, "digestRealm" | "isNetworkEnabled">>;

/** What can be changed; at most 63 and 191 characters. @source protocols B.2 */
export interface HostNaming {
  readonly hostName: string;
  readonly domainName?: string;
}

const enabled = "enabled";
const disabled = "disabled";

/** The device as a whole: its names, and the firmware's own web page. */
export class General {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async read(options: CallOptions = {}): Promise<GeneralSettings> {
    return settingsOf(await this.#wsman.get(AMT_GeneralSettings, undefined, options));
  }

  /** Changes what is given, in one request. @returns the settings as they now are @throws amt.general.refused (device); so does the next */
  change(to: GeneralChanges, options: CallOptions = {}): Promise<GeneralSettings> {
    const { hostName, domainName, answersPing, answersRmcpPing, idleMinutes, isDynamicDnsOn } = to;
    const changes: Changes<typeof AMT_GeneralSettings> = {
      ...(hostName === undefined ? {} : { HostName: hostName }),
      ...(domainName === undefined ? {} : { DomainName: domainName }),
      ...(answersPing === undefined ? {} : { PingResponseEnabled: answersPing }),
      ...(answersRmcpPing === undefined ? {} : { RmcpPingResponseEnabled: answersRmcpPing }),
      ...(idleMinutes === undefined ? {} : { IdleWakeTimeout: idleMinutes }),
      ...(isDynamicDnsOn === undefined ? {} : { DDNSUpdateEnabled: isDynamicDnsOn }),
    };
    return this.#put(changes, options);
  }

  /** Sets the name under which the firmware is known on the network. @returns the settings as they now are */
  setHostName(naming: HostNaming, options: CallOptions = {}): Promise<GeneralSettings> {
    const changes = {
      HostName: naming.hostName,
      ...(naming.domainName === undefined ? {} : { DomainName: naming.domainName }),
    };
    return this.#put(changes, options);
  }

  /** Whether the firmware serves its web page; undefined when it has none. */
  async isWebPageOpen(options: CallOptions = {}): Promise<boolean | undefined> {
    const { EnabledState } = await this.#wsman.get(AMT_WebUIService, undefined, options);
    return EnabledState === undefined ? undefined : EnabledState === enabled;
  }

  /** @throws amt.web-page.refused (device) */
  openWebPage(options: CallOptions = {}): Promise<void> {
    return this.#setWebPage(enabled, options);
  }

  /** @throws amt.web-page.refused (device) */
  closeWebPage(options: CallOptions = {}): Promise<void> {
    return this.#setWebPage(disabled, options);
  }

  async #put(changes: Changes<typeof AMT_GeneralSettings>, options: CallOptions): Promise<GeneralSettings> {
    try {
      return settingsOf(await this.#wsman.put(AMT_GeneralSettings, changes, undefined, options));
    } catch (cause) {
      throw refusalOf("amt.general.refused", cause);
    }
  }

  async #setWebPage(state: typeof enabled | typeof disabled, options: CallOptions): Promise<void> {
    const method = "RequestStateChange";
    const { ReturnValue } = await this.#wsman.invoke(AMT_WebUIService, method, { RequestedState: state }, options);
    if (ReturnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.web-page.refused", { family: "state-change", method, returnValue: ReturnValue, details });
  }
}

function settingsOf(from: Instance<typeof AMT_GeneralSettings>): GeneralSettings {
  return {
    hostName: from.HostName ?? "",
    domainName: from.DomainName ?? "",
    digestRealm: from.DigestRealm ?? "",
    isNetworkEnabled: from.NetworkInterfaceEnabled ?? true,
    answersPing: from.PingResponseEnabled ?? false,
    answersRmcpPing: from.RmcpPingResponseEnabled ?? false,
    idleMinutes: from.IdleWakeTimeout ?? 0,
    isDynamicDnsOn: from.DDNSUpdateEnabled,
  };
}
