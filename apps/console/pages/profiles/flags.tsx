import { IconAlertTriangle, IconKeyOff, IconLockOpen } from "@tabler/icons-react";
import type { Profile } from "@vigil/api/resources/profiles.ts";

/** What is wrong or unwise in a profile, in few words each; the rest of it on hover and on its page. */
export function Flags({ profile }: { readonly profile: Profile }) {
  const { settings, remarks, secrets } = profile;
  const isPlain = settings.tls.mode === "off";
  const isFixed = settings.adminPassword.kind === "fixed";
  const shown = new Set([...(isPlain ? ["tls.mode"] : []), ...(isFixed ? ["adminPassword.kind"] : [])]);
  const others = remarks.filter(({ setting }) => !shown.has(setting));
  const missing = secrets.filter(({ isSet }) => !isSet).length;
  if (shown.size + others.length + missing === 0) return <span className="dim">none</span>;
  return (
    <span className="flags">
      {isPlain ? (
        <span className="bad">
          <IconLockOpen size={14} aria-hidden /> no TLS
        </span>
      ) : null}
      {isFixed ? (
        <span className="bad">
          <IconAlertTriangle size={14} aria-hidden /> fixed password
        </span>
      ) : null}
      {missing === 0 ? null : (
        <span className="bad">
          <IconKeyOff size={14} aria-hidden /> {missing} {missing === 1 ? "secret" : "secrets"} not set
        </span>
      )}
      {others.length === 0 ? null : (
        <span className="warn" title={others.map(({ text }) => text).join("\n")}>
          {others.length} {others.length === 1 ? "remark" : "remarks"}
        </span>
      )}
    </span>
  );
}
