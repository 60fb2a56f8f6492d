import type { DeviceCertificate } from "@vigil/api/resources/device-certificates.ts";
import { momentOf } from "../../ages.ts";
import { useNow } from "../../parts/now.tsx";

const dayMs = 86_400_000;
/** Days before its end at which Vigil replaces a certificate by itself. @source the server's maintenance */
const renewedDays = 30;

/** How many days are left, by word and sign. */
export function Left({ until }: { readonly until: string | null }) {
  const now = useNow();
  if (until === null) return <span className="dim">unreadable</span>;
  const days = Math.floor((Date.parse(until) - now) / dayMs);
  const words =
    days < 0 ? `▲ ended ${-days} d ago` : `${days < renewedDays ? "▲ " : ""}${days.toLocaleString("en")} d left`;
  const tone = days < 0 ? "bad" : days < renewedDays ? "warn" : "";
  return (
    <time dateTime={until} title={momentOf(until)} className={tone}>
      {words}
    </time>
  );
}

/** Whether Vigil issued it, and whether it still stands. */
export function Origin({ certificate: { origin, issuer, revokedAt } }: { readonly certificate: DeviceCertificate }) {
  if (revokedAt !== null) return <span className="bad">▲ Vigil, revoked</span>;
  if (origin === "vigil") return <span title={issuer}>Vigil</span>;
  if (origin === "authority") return <span title={issuer}>Vigil&apos;s authority</span>;
  return (
    <span className="dim" title={issuer}>
      somebody else
    </span>
  );
}
