import {
  IconAdjustments,
  IconArrowsDiff,
  IconCertificate,
  IconDeviceDesktop,
  IconDeviceRemote,
  IconFolders,
  IconHistory,
  IconPlayerPlay,
  IconPlugConnected,
  IconRoute,
  IconSettings,
  IconShieldCheck,
  IconSitemap,
  IconUsb,
} from "@tabler/icons-react";

/** The pages of the rail; the letter after g goes there. */
export const places = [
  { to: "/", title: "Fleet", key: "f", Icon: IconDeviceDesktop },
  { to: "/collections", title: "Collections", key: "c", Icon: IconFolders },
  { to: "/jobs", title: "Jobs", key: "j", Icon: IconPlayerPlay },
  { to: "/sessions", title: "Sessions", key: "l", Icon: IconDeviceRemote },
  { to: "/provisioning", title: "Provisioning", key: "p", Icon: IconPlugConnected },
  { to: "/assignment", title: "Assignment", key: "m", Icon: IconRoute },
  { to: "/certificates", title: "Setup certificates", key: "e", Icon: IconCertificate },
  { to: "/setup-keys", title: "Setup keys", key: "k", Icon: IconUsb },
  { to: "/profiles", title: "Profiles", key: "r", Icon: IconAdjustments },
  { to: "/drift", title: "Drift", key: "d", Icon: IconArrowsDiff },
  { to: "/authorities", title: "Authorities", key: "u", Icon: IconShieldCheck },
  { to: "/directories", title: "Directories", key: "i", Icon: IconSitemap },
  { to: "/audit", title: "Audit", key: "a", Icon: IconHistory },
  { to: "/settings", title: "Settings", key: "s", Icon: IconSettings },
] as const;
