import { Button, CopyButton, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { DnsCheck } from "@vigil/api/resources/setup-certificates.ts";
import { countOf } from "../ages.ts";
import { Failure } from "../parts/failure.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { useServer } from "../server.ts";

const statusTexts = {
  here: ["good", "Leads here"],
  elsewhere: ["warn", "Leads elsewhere"],
  dangling: ["bad", "Alias without address"],
  missing: ["bad", "No record"],
  unreachable: ["bad", "No resolver answered"],
  failed: ["bad", "Resolver failed"],
} as const satisfies Readonly<Record<DnsCheck["status"], readonly [tone: string, text: string]>>;

/** Whether devices find this server by DNS, suffix by suffix, with the records to copy. Asked when somebody asks. */
export function DnsPanel() {
  const server = useServer();
  const [suffix, setSuffix] = useState("");
  const check = useMutation({
    mutationFn: () => {
      const query = suffix.trim() === "" ? {} : { suffix: suffix.trim() };
      return server.setupCertificates.checkDns({ query });
    },
  });
  const wrong = check.data?.items.filter(({ status }) => status !== "here") ?? [];
  return (
    <section className="panel">
      <h2>How devices find this server (DNS)</h2>
      <form
        className="toolbar"
        onSubmit={(event) => {
          event.preventDefault();
          check.mutate();
        }}
      >
        <TextInput
          aria-label="DNS suffix"
          placeholder="All known suffixes"
          value={suffix}
          maxLength={191}
          onChange={(event) => setSuffix(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={check.isPending}>
          Check DNS
        </Button>
        <span className="dim">A factory device looks for ProvisionServer in its DHCP suffix.</span>
      </form>
      {check.isError ? <Failure error={check.error} /> : null}
      {check.data === undefined ? null : (
        <PlainTable
          label="DNS"
          rows={check.data.items}
          keyOf={(one) => one.suffix}
          columns={[
            { title: "Suffix", cell: (one) => <span className="mono">{one.suffix}</span> },
            { title: "Devices", width: "90px", isNumber: true, cell: ({ devices }) => countOf(devices) },
            {
              title: "Status",
              width: "180px",
              cell: ({ status }) => <span className={statusTexts[status][0]}>{statusTexts[status][1]}</span>,
            },
            { title: "Alias of", cell: ({ alias }) => <span className="mono">{alias ?? "—"}</span> },
            {
              title: "Addresses",
              cell: ({ addresses }) => <span className="mono">{addresses.join(", ") || "—"}</span>,
            },
          ]}
        />
      )}
      {wrong.length === 0 ? null : (
        <ul className="gaps" aria-label="Records to add">
          {wrong.map((one) => (
            <Mending key={one.suffix} check={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Mending({ check }: { readonly check: DnsCheck }) {
  const { suffix, status, next, records, servers } = check;
  return (
    <li data-tone={statusTexts[status][0]}>
      <strong>{suffix}</strong>
      <span>{next}.</span>
      <span className="dim">Asked: {servers.join(", ")}</span>
      {records.map((record) => (
        <span key={record} className="cell-row">
          <code className="code wrap">{record}</code>
          <CopyButton value={record}>
            {({ copied, copy }) => (
              <Button variant="default" size="compact-xs" onClick={copy}>
                {copied ? "Copied" : "Copy record"}
              </Button>
            )}
          </CopyButton>
        </span>
      ))}
    </li>
  );
}
