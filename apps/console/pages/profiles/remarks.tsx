import { IconAlertTriangle, IconBan } from "@tabler/icons-react";
import type { ProfileRemark } from "@vigil/api/resources/profiles.ts";
import { devicesOf } from "../../ages.ts";
import type { Path } from "./draft.ts";
import { remarksAt, useForm } from "./form.ts";

/** What is to be said of one setting. */
export function Remarks({ path }: { readonly path: Path }) {
  const own = remarksAt(useForm().remarks, path);
  if (own.length === 0) return null;
  return (
    <ul className="setting-remarks" aria-label={`Remarks on ${path.join(".")}`}>
      {own.map((one) => (
        <Remark key={one.text} remark={one} />
      ))}
    </ul>
  );
}

/** One remark: what cannot be stored at all is told from what some devices cannot have, and from advice. */
function Remark({ remark: { weight, text, devices } }: { readonly remark: ProfileRemark }) {
  const isImpossible = weight === "refused" && devices === undefined;
  const Icon = isImpossible ? IconBan : IconAlertTriangle;
  return (
    <li className={isImpossible ? "bad" : "warn"}>
      <Icon size={14} aria-hidden />
      <span>
        {devices === undefined ? null : <strong>{devicesOf(devices)}: </strong>}
        {text}
      </span>
    </li>
  );
}
