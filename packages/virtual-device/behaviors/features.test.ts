import assert from "node:assert/strict";
import { test } from "node:test";
import { IPS_ScreenSettingData } from "@vigil/model/ips/IPS_ScreenSettingData.ts";
import { sceneOf } from "../host/scene.ts";
import { aFirmware, Asker } from "../testing/firmware-under-test.ts";

test("the screen's settings say the size that a viewer of it gets, in the firmware's menu as on the desktop", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  const said = async () => {
    const { ResolutionX, ResolutionY } = await asker.get(IPS_ScreenSettingData);
    return { width: ResolutionX?.[0], height: ResolutionY?.[0] };
  };
  const shown = () => ({ width: sceneOf(firmware).width, height: sceneOf(firmware).height });
  const desktop = shown();
  assert.deepEqual(await said(), desktop);
  firmware.change((state) => void (state.lastBoot = { ...state.lastBoot, options: { BIOSSetup: true } }));
  assert.notDeepEqual(shown(), desktop);
  assert.deepEqual(await said(), shown());
});
