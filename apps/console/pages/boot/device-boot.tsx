import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { bootSource, type Boot } from "@vigil/api/resources/boots.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Code, Failure, ShortFailure } from "../../parts/failure.tsx";
import { Age } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { bootLookQuery, bootsQuery, failureOf } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { bytesOf } from "../../sizes.ts";
import { BootDialog } from "./boot-dialog.tsx";
import { OpenBoot } from "./open-boot.tsx";
import { recipes, type Recipe } from "./recipes.ts";

/** What the device starts from next, and what it has been started from. */
export function DeviceBoot({ device }: { readonly device: Device }) {
  const { data, error, refetch } = useQuery(bootsQuery(useServer(), device.uuid));
  const [recipe, setRecipe] = useState<Recipe>();
  const open = data?.items.find(({ state }) => state !== "ended");
  const past = data?.items.filter(({ state }) => state === "ended") ?? [];
  return (
    <div className="device-parts">
      {open === undefined ? null : <OpenBoot boot={open} />}
      <Recipes device={device} open={open} onChoose={setRecipe} />
      {data === undefined && error === null ? <Waiting rows={3} /> : null}
      {data === undefined && error !== null ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data !== undefined && past.length === 0 ? <Empty title="It has not been started from elsewhere yet" /> : null}
      {past.length === 0 ? null : <Past boots={past} />}
      <BootDialog device={device} recipe={recipe} onClose={() => setRecipe(undefined)} />
    </div>
  );
}

function Recipes({
  device,
  open,
  onChoose,
}: {
  readonly device: Device;
  readonly open: Boot | undefined;
  readonly onChoose: (recipe: Recipe) => void;
}) {
  const isOurs = device.state === "provisioned";
  const look = useQuery({ ...bootLookQuery(useServer(), device.uuid), enabled: isOurs });
  const whyNot = (recipe: Recipe): string | undefined => {
    if (!isOurs) return "Only provisioned devices can be told what to start from";
    if (open?.image !== null && open !== undefined) return `It is shown ${open.image.name}: end that first`;
    const { supported } = look.data ?? {};
    return supported === undefined || supported.includes(recipe.to)
      ? undefined
      : "This machine's firmware cannot do that";
  };
  return (
    <section className="panel" aria-label="Start once from">
      <h2>Start once from</h2>
      <ul className="recipes">
        {recipes.map((one) => {
          const why = whyNot(one);
          return (
            <li key={one.to}>
              <Button variant="default" disabled={why !== undefined} title={why} onClick={() => onChoose(one)}>
                {one.verb}
              </Button>
              <span className="dim">{why ?? one.what}</span>
            </li>
          );
        })}
      </ul>
      {look.isError ? <LookFailure error={look.error} /> : null}
      {look.data?.isPending === true && open === undefined ? (
        <p className="warn padded">
          Boot options that Vigil has not arranged wait for its next start. A boot from here takes their place.
        </p>
      ) : null}
    </section>
  );
}

/** What the device can do is not known then; the buttons are there all the same. */
function LookFailure({ error }: { readonly error: unknown }) {
  const report = failureOf(error);
  return (
    <p className="warn padded">
      The device does not say what it can start from: {report.message} <Code report={report} />
    </p>
  );
}

function Past({ boots }: { readonly boots: readonly Boot[] }) {
  return (
    <PlainTable
      label="Boots"
      rows={boots}
      keyOf={({ id }) => id}
      columns={[
        { title: "When", width: "110px", cell: ({ askedAt }) => <Age at={askedAt} /> },
        { title: "From", cell: (boot) => bootSource(boot) },
        { title: "By", width: "150px", cell: ({ askedBy }) => askedBy },
        { title: "Ended", width: "110px", cell: ({ outcome }) => outcome },
        {
          title: "Read",
          width: "90px",
          isNumber: true,
          cell: ({ progress }) => (progress === null ? "—" : bytesOf(progress.bytesRead)),
        },
        { title: "Error", cell: ({ error }) => (error === null ? "—" : <ShortFailure report={error} />) },
      ]}
    />
  );
}
