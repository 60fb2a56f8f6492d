import { boolean, defineClass, int32, method, uint32, uint8 } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** The screens that keyboard, video and mouse redirection shows.  @source class catalogue */
export const IPS_ScreenSettingData = defineClass("IPS_ScreenSettingData", {
  extends: CIM_SettingData,
  since: "7.0",
  properties: {
    IsActive: boolean({ list: true }),
    PrimaryIndex: uint8(),
    QuadraryIndex: uint8(),
    ResolutionX: uint32({ list: true }),
    ResolutionY: uint32({ list: true }),
    SecondaryIndex: uint8(),
    TertiaryIndex: uint8(),
    UpperLeftX: int32({ list: true }),
    UpperLeftY: int32({ list: true }),
  },
  methods: {
    ResetToDefault: method(),
  },
});
