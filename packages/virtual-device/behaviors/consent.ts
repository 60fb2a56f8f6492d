import { IPS_OptInService } from "@vigil/model/ips/IPS_OptInService.ts";
import { realms, returns, type Behavior } from "../behavior.ts";
import { amtKeys } from "../names.ts";
import { settings } from "../settings.ts";

/** What the consent methods return. @source protocols B.8; 2066 UNVERIFIED: what a manager in use takes for a wrong code */
const invalidState = 2;
const wrongCode = 2066;

/** User consent: the host's screen shows six digits, its user reads them out, the manager sends them. @source protocols B.8 */
export const consent: readonly Behavior[] = [
  settings(IPS_OptInService)({
    realm: realms.administration,
    list: ({ state }) => [
      {
        CanModifyOptInPolicy: state.controlMode === "client" ? 0 : 1,
        CreationClassName: "IPS_OptInService",
        ElementName: "Intel(r) AMT OptIn Service",
        Name: "Intel(r) AMT OptIn Service",
        OptInCodeTimeout: 120,
        OptInDisplayTimeout: 300,
        OptInRequired: state.controlMode === "client" ? "all" : "none",
        OptInState: state.consent.state,
        ...amtKeys,
      },
    ],
    check: ({ firmware }, { OptInRequired, OptInCodeTimeout = 0, OptInDisplayTimeout = 0 }) =>
      // In client control mode the user is always asked. @source protocols B.1 "CCM restrictions"
      (firmware.state.controlMode === "client" && OptInRequired !== "all") ||
      typeof OptInRequired === "number" ||
      OptInCodeTimeout < 60 ||
      OptInDisplayTimeout < 10
        ? { fault: "InternalError", status: 36 }
        : undefined,
    changed({ firmware }, before, after) {
      if (before.OptInRequired !== after.OptInRequired) firmware.audit("consent.policy");
    },
    methods: {
      StartOptIn({ firmware }) {
        const { code } = firmware.state.consent;
        if (code !== null || firmware.state.consent.state === "inSession") return returns(invalidState);
        firmware.consent.start();
        return returns(0);
      },
      SendOptInCode({ firmware }, { OptInCode }) {
        if (firmware.state.consent.state !== "displayed") return returns(invalidState);
        return returns(firmware.consent.enter(OptInCode ?? -1) ? 0 : wrongCode);
      },
      CancelOptIn({ firmware }) {
        if (firmware.state.consent.state === "notStarted") return returns(invalidState);
        firmware.consent.cancel();
        return returns(0);
      },
    },
  }),
];
