import { difference, differs, usualLimitMs, type Step } from "./step.ts";

/** Ways to the machine's serial line and disk: the firmware has one switch for both. */
export const redirection: Step = {
  name: "redirection",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { features }, { calls }) {
    const { isSerialOn, isDiskOn } = await device.features.read(calls);
    return [
      ...difference("features.serial", isSerialOn, features.serial),
      ...difference("features.disk", isDiskOn, features.disk),
    ];
  },
  async apply(device, { features }, { calls }) {
    await device.features.switchRedirection({ serial: features.serial, disk: features.disk }, calls);
  },
};

/** The way to the machine's screen, and when an idle session on it ends. */
export const screen: Step = {
  name: "screen",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { features }, { calls }) {
    const { isScreenOn } = await device.features.read(calls);
    const isOn = difference("features.screen", isScreenOn ?? false, features.screen);
    if (isScreenOn === undefined || !features.screen) return isOn;
    const { sessionTimeoutMinutes } = await device.features.screenSettings(calls);
    return [...isOn, ...difference("features.screenIdleMinutes", sessionTimeoutMinutes, features.screenIdleMinutes)];
  },
  async apply(device, { features }, { calls }, found) {
    if (differs(found, "features.screen")) await device.features.switchScreen(features.screen, calls);
    if (differs(found, "features.screenIdleMinutes")) {
      await device.features.setScreen({ sessionTimeoutMinutes: features.screenIdleMinutes }, calls);
    }
  },
};
